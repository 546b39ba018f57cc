using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Linux;

namespace VmSupervisor.Doctor.Checks;

/// <summary>Finds the QEMUs whose command line names our run directory, and those among them that no VM owns.</summary>
internal sealed class ProcessSight(string runDirectory, string qemu, ProcFs processes, IKnownVms vms)
{
    private readonly LifePaths paths = new(runDirectory);

    public SeenProcesses Look()
    {
        // In this order: a VM is on the board as living before its process is born, and until after that has died. So
        // what was seen before, is not the board's now, and is still there after, is nobody's.
        var seen = processes.FindByRunDirectory(paths.All).Select(Describe).OfType<SeenProcess>().ToArray();
        var known = vms.Look();
        return new(
            known.Ready,
            seen.Length,
            [.. known.Vms.Select(Stranger).OfType<Stranger>().Where(stranger => vms.Look().Vms.Any(vm => vm.Id == stranger.Vm && vm.Pid == stranger.Pid))],
            [.. seen.Where(s => !IsOwned(s, known) && IsStillThere(s)).Select(s => s with { IsOfUnrecovered = IsOfUnrecovered(s, known) })]);
    }

    private SeenProcess? Describe(int pid) =>
        processes.Identify(pid) is { } identity && processes.ReadStat(pid) is { } stat && processes.ReadCommandLine(pid) is { Count: > 0 } arguments
        && IsQemu(pid, arguments) ? new(identity, stat.Parent, arguments) : null;

    /// <summary>Not an editor or a tail of a person who reads a guest's log.</summary>
    private bool IsQemu(int pid, IReadOnlyList<string> arguments)
    {
        var name = Path.GetFileName(arguments[0]);
        return name.Contains("qemu", StringComparison.Ordinal) || name == Path.GetFileName(qemu)
            || processes.ReadDescriptors(pid).Values.Any(f => f.StartsWith(paths.All + "/", StringComparison.Ordinal) && f.EndsWith("/lock", StringComparison.Ordinal));
    }

    /// <summary>
    /// Who has the pid of a VM's process now and is not that: the start time told so when it was looked for, and its command line
    /// tells it here. Nothing to be seen of either is a process that is ending.
    /// </summary>
    private Stranger? Stranger(KnownVm vm) =>
        vm is { Life: { } life, Pid: { } pid } && processes.ReadCommandLine(pid) is { Count: > 0 } arguments
        && !RunDirectoryArgument.IsNamedIn(arguments, paths.Of(vm.Id, life))
            ? new(vm.Id, pid, Path.GetFileName(arguments[0]))
            : null;

    /// <summary>Its VM's living process, or one that this is about to become something else of: a child between fork and exec.</summary>
    private bool IsOwned(SeenProcess process, KnownVms known) => known.Vms.Any(vm =>
        vm.Life is { } life && RunDirectoryArgument.IsNamedIn(process.Arguments, paths.Of(vm.Id, life))
        && (vm.Pid is not { } pid || pid == process.Identity.Pid || pid == process.Parent));

    private bool IsOfUnrecovered(SeenProcess process, KnownVms known) =>
        known.Unrecovered.Any(u => RunDirectoryArgument.IsNamedIn(process.Arguments, paths.Of(u.Id)));

    private bool IsStillThere(SeenProcess process) =>
        processes.Identify(process.Identity.Pid) == process.Identity && processes.ReadCommandLine(process.Identity.Pid) is { Count: > 0 };
}

/// <summary>What was seen.</summary>
/// <param name="Ready">Whether it can be told what belongs to whom.</param>
/// <param name="Count">How many there are in all.</param>
/// <param name="Strangers">Those that have the pid of a VM's process and are not that.</param>
/// <param name="Unowned">Those that no VM owns.</param>
internal sealed record SeenProcesses(bool Ready, int Count, IReadOnlyList<Stranger> Strangers, IReadOnlyList<SeenProcess> Unowned);

/// <summary>A process that has the pid of a VM's process, and is another.</summary>
/// <param name="Vm">The VM.</param>
/// <param name="Pid">The pid of both.</param>
/// <param name="Name">Its executable.</param>
internal sealed record Stranger(VmId Vm, int Pid, string Name);

/// <summary>A process whose command line names our run directory.</summary>
/// <param name="Identity">Who it is.</param>
/// <param name="Parent">Its parent.</param>
/// <param name="Arguments">Its command line.</param>
internal sealed record SeenProcess(ProcessIdentity Identity, int Parent, IReadOnlyList<string> Arguments)
{
    public string Name => Path.GetFileName(Arguments[0]);

    /// <summary>Whether its VM could not be recovered.</summary>
    public bool IsOfUnrecovered { get; init; }
}
