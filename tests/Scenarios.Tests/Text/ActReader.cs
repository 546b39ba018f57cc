using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Text;
using VmSupervisor.TestKit;

namespace VmSupervisor.Scenarios.Tests.Text;

/// <summary>Reads what a line does, from its words. Commands are those of <see cref="CommandReader"/>.</summary>
internal static class ActReader
{
    public static readonly string[] Phases = ["pre-start", "post-start", "pre-stop", "post-stop"];

    private static readonly Dictionary<string, JournalTrouble> Journals = new()
    {
        ["is-full"] = JournalTrouble.IsFull,
        ["has-room"] = JournalTrouble.HasRoom,
        ["loses-next"] = JournalTrouble.LosesNext,
        ["leaves-next-unanswered"] = JournalTrouble.LeavesNextUnanswered,
        ["hangs"] = JournalTrouble.Hangs,
        ["goes-on"] = JournalTrouble.GoesOn,
    };

    /// <exception cref="FormatException">It is not an act.</exception>
    public static Act Read(string[] words, OperationNames names) => words switch
    {
        ["guest", var vm, var deed] => new Act.Guest(Vm(vm), One(deed, "powers-off", "panics", "resets") switch
        {
            "powers-off" => GuestDeed.PowersOff,
            "panics" => GuestDeed.Panics,
            _ => GuestDeed.Resets,
        }),
        ["qemu", var vm, "is", "killed"] => new Act.Qemu(Vm(vm), QemuTrouble.Killed),
        ["qemu", var vm, "exits-in", var time] => new Act.ExitTakes(Vm(vm), Time(time)),
        ["qemu", var vm, var trouble] => new Act.Qemu(Vm(vm), One(trouble, "hangs", "goes-on", "cannot-die", "can-die") switch
        {
            "hangs" => QemuTrouble.Hangs,
            "goes-on" => QemuTrouble.GoesOn,
            "cannot-die" => QemuTrouble.CannotDie,
            _ => QemuTrouble.CanDie,
        }),
        ["hook", var phase, .. var how] => new Act.Hooks(One(phase, Phases), How(how)),
        ["acquire", var step, .. var how] => new Act.Step(step, IsRelease: false, How(how)),
        ["release", var step, .. var how] => new Act.Step(step, IsRelease: true, How(how)),
        ["launch", "works"] => new Act.Launches(LaunchTrouble.None, "", default),
        ["launch", "is-silent"] => new Act.Launches(LaunchTrouble.IsSilent, "", default),
        ["launch", "takes", var time] => new Act.Launches(LaunchTrouble.Takes, "", Time(time)),
        ["launch", var trouble, var reason] => new Act.Launches(One(trouble, "fails", "ends", "loses-its-monitor") switch
        {
            "fails" => LaunchTrouble.Fails,
            "ends" => LaunchTrouble.Ends,
            _ => LaunchTrouble.LosesMonitor,
        }, reason, default),
        ["jobs", "cannot-begin", var reason] => new Act.Jobs(new Behaviour.Fails(reason), Begin: true),
        ["jobs", "can-begin"] => new Act.Jobs(new Behaviour.Works(), Begin: true),
        ["jobs", .. var how] => new Act.Jobs(How(how), Begin: false),
        ["save", .. var how] => new Act.Memory(How(how), Restore: false),
        ["restore", .. var how] => new Act.Memory(How(how), Restore: true),
        ["journal", var trouble] => new Act.Journal(Journals[One(trouble, [.. Journals.Keys])]),
        ["file", var path, "appears"] => new Act.MakeFile(path),
        ["supervisor", "is", "killed"] => new Act.Supervisor(SupervisorFate.Killed),
        ["supervisor", "starts"] => new Act.Supervisor(SupervisorFate.Starts),
        ["supervisor", "restarts"] => new Act.Supervisor(SupervisorFate.Restarts),
        ["cancel", var operation] => new Act.Cancel(OperationId.Parse(operation), names.Next("cancel")),
        ["node", "shutdown", "--timeout", var time] => new Act.ShutDownNode(Time(time)),
        ["host", "reboots"] => new Act.RebootHost(),
        _ => CommandReader.Read(words, names)
            ?? throw new FormatException($"found '{string.Join(' ', words)}', allowed: a command of vmsup, or what guest, qemu, hook, acquire, release, launch, jobs, save, restore, journal, file, supervisor or host does (tests/Scenarios/README.md)"),
    };

    public static VmId Vm(string text) =>
        VmId.TryParse(text, out var vm) ? vm : throw new FormatException($"found '{text}', allowed: the number of a VM");

    public static TimeSpan Time(string text) =>
        Duration.TryParse(text, out var time) ? time : throw new FormatException($"found '{text}', allowed: {Duration.Allowed}");

    public static string One(string text, params string[] allowed) =>
        allowed.Contains(text) ? text : throw new FormatException($"found '{text}', allowed: {string.Join(", ", allowed)}");

    private static Behaviour How(string[] words) => words switch
    {
        ["works"] => new Behaviour.Works(),
        ["hangs"] => new Behaviour.Hangs(),
        ["fails"] => new Behaviour.Fails(""),
        ["fails", var reason] => new Behaviour.Fails(reason),
        ["takes", var time] => new Behaviour.Takes(Time(time)),
        _ => throw new FormatException($"found '{string.Join(' ', words)}', allowed: works, hangs, fails, fails \"REASON\", takes TIME"),
    };
}
