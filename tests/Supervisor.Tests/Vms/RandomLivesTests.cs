using VmSupervisor.Actors;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.TestKit.Journals;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;
using VmSupervisor.TestKit;

namespace VmSupervisor.Supervisor.Tests.Vms;

/// <summary>
/// Commands, crashes, hangs, failing hooks and resources, lost journal answers and kills of the supervisor, in an order
/// that a seed decides; judged by the simulated world. A failing seed is the same run every time.
/// </summary>
public sealed class RandomLivesTests
{
    private const int Actions = 60;

    public static TheoryData<long> Seeds => [.. Enumerable.Range(1, 400).Select(s => (long)s)];

    [Theory, MemberData(nameof(Seeds))]
    public void Whatever_happens_every_life_is_cleaned_once_and_every_operation_ends(long seed)
    {
        var random = new SeededRandom(seed);
        FaultyJournal faulty = null!;
        var node = new SimulatedNode(seed, journal => faulty = new FaultyJournal(journal));
        VmId[] vms = [Define(node, 1), Define(node, 2), Define(node, 3)];
        for (var i = 0; i < Actions; i++)
        {
            var vm = vms[random.Next(vms.Length)];
            DefineAnew(node, vm);
            Act(node, faulty, random, vm, i);
            for (var steps = random.Next(60); steps > 0 && Step(node); steps--)
            {
            }
        }

        Heal(node);
        node.RunUntil(() => node.Supervisor.Operations().Count == 0 && node.Supervisor.Node.Problems.Count == 0, TimeSpan.FromMinutes(20));
        foreach (var vm in vms)
        {
            // Twice: the first may join a stop that keeps the volumes active, the second gives them back.
            StopSurely(node, vm);
            StopSurely(node, vm);
            Assert.Equal("CleanedUp", node.View(vm).State);
        }

        Assert.Empty(node.Backups.Partial);
        JudgeMemory(node, vms);
        node.Invariants.JudgeAtEnd();
        Assert.True(node.Invariants.Violations.Count == 0, string.Join("\n", node.Invariants.Violations));
    }

    private static VmId Define(SimulatedNode node, int id) => node.Define(
        id, hooks: id != 2, d => id != 3 ? d : d with { Restart = RestartPolicy.Always, OnPanic = PanicPolicy.Restart });

    /// <summary>A VM that was undefined on the way comes back as it was; the journal may be the reason that it cannot yet.</summary>
    private static void DefineAnew(SimulatedNode node, VmId vm)
    {
        if (node.Supervisor.Find(vm.ToString()) is not null)
            return;
        try
        {
            Define(node, vm.Value);
        }
        catch (InvalidOperationException)
        {
            // An answer of the journal is missing.
        }
    }

    private static void Act(
        SimulatedNode node, FaultyJournal journal, SeededRandom random, VmId vm, int i)
    {
        var process = node.Hypervisor.Living.LastOrDefault(p => p.Vm == vm);
        switch (random.Next(27))
        {
            case 0 or 1 or 2 or 3:
                Ask(new VmCommand.Start(random.Next(4) == 0));
                break;
            case 4 or 5:
                Ask(new VmCommand.Stop(random.Next(3) == 0));
                break;
            case 6 or 7:
                Ask(new VmCommand.Shutdown(TimeSpan.FromMilliseconds(20 + random.Next(200)), random.Next(2) == 0 ? TimeSpan.FromMilliseconds(100) : null));
                break;
            case 8:
                Ask(new VmCommand.Pause());
                break;
            case 9:
                Ask(random.Next(2) == 0 ? new VmCommand.Resume() : new VmCommand.Reset());
                break;
            case 20:
                Ask(new VmCommand.Reboot(TimeSpan.FromMilliseconds(20 + random.Next(200)), random.Next(2) == 0 ? TimeSpan.FromMilliseconds(100) : null));
                break;
            case 21 when node.Invariants.Operations is { Count: > 0 } asked:
                Ask(new VmCommand.Cancel(asked[random.Next(asked.Count)]));
                break;
            case 23:
                Ask(new VmCommand.Backup($"/backup/{i}", (Contracts.Commands.BackupMode)random.Next(3)));
                break;
            case 24:
                Ask(new VmCommand.SuspendToDisk());
                break;
            case 25:
                node.Backups.StartFails = random.Next(4) == 0 ? "no room" : null;
                node.Backups.JobFails = random.Next(4) == 0 ? "no space" : null;
                node.Backups.Takes = TimeSpan.FromMilliseconds(random.Next(3000));
                node.Memory.SaveFails = random.Next(4) == 0 ? "no space" : null;
                node.Memory.CheckFails = random.Next(4) == 0 ? "changed" : null;
                node.Memory.Takes = TimeSpan.FromMilliseconds(random.Next(1000));
                break;
            case 26:
                Ask(new VmCommand.Start(DiscardSaved: true));
                break;
            case 22 when random.Next(3) == 0:
                Ask(new VmCommand.Undefine(Force: true));
                break;
            case 10 or 11 when process is not null:
                node.Hypervisor.Kill(process);
                break;
            case 12 when process is { Guest: GuestState.Running, Dying: null }:
                node.Hypervisor.PowerOff(process);
                break;
            case 13 when process is { Guest: GuestState.Running, Dying: null }:
                node.Hypervisor.Panic(process);
                break;
            case 14 when process is not null:
                process.Hung = !process.Hung;
                break;
            case 15:
                node.Hooks.Fails = random.Next(3) == 0 ? phase => phase == HookPhase.PreStart : _ => false;
                var takes = TimeSpan.FromMilliseconds(random.Next(4) == 0 ? 90_000 : random.Next(40));
                node.Hooks.Takes = _ => takes;
                break;
            case 16:
                var bad = random.Next(4);
                node.Resources.AcquireFails = step => bad == 1 && step is Step.Volume ? "not there" : null;
                node.Resources.ReleaseFails = step => bad == 2 && step is Step.Volume ? "busy" : null;
                node.Hypervisor.LaunchFails = (bad, random.Next(2)) switch
                {
                    (3, 0) => new SimulatedLaunchFault.AfterSpawn("it does not want to"),
                    (3, 1) => new SimulatedLaunchFault.BeforeSpawn("it does not want to"),
                    _ => null,
                };
                break;
            case 17:
                journal.FailNext(written: random.Next(2) == 0);
                break;
            case 18:
                node.Restart();
                break;
            default:
                node.Dispatcher.RunFor(TimeSpan.FromMilliseconds(random.Next(300)));
                break;
        }

        void Ask(VmCommand command) => node.Invariants.Asked(vm, $"asked-{i}", node.Submit(vm, command, $"asked-{i}"));
    }

    private static void Heal(SimulatedNode node)
    {
        node.Hooks.Fails = _ => false;
        node.Hooks.Takes = _ => TimeSpan.FromMilliseconds(1);
        node.Resources.AcquireFails = _ => null;
        node.Resources.ReleaseFails = _ => null;
        node.Hypervisor.LaunchFails = null;
        node.Backups.StartFails = node.Backups.JobFails = node.Memory.SaveFails = node.Memory.CheckFails = null;
        foreach (var process in node.Hypervisor.Processes)
            process.Hung = false;
    }

    private static void StopSurely(SimulatedNode node, VmId vm)
    {
        OperationView stop;
        do
        {
            // An undefine whose answer was lost on the way may have come to pass.
            DefineAnew(node, vm);
            stop = node.Do(vm, new VmCommand.Stop(), TimeSpan.FromMinutes(10));
            node.Dispatcher.RunFor(TimeSpan.FromSeconds(1));
        }
        while (stop.Problem?.Kind is ProblemKind.Unavailable or ProblemKind.NotFound);
        Assert.True(stop.Status == OperationStatus.Succeeded, $"seed {node.Dispatcher.Seed}: {stop.Problem?.Detail}");
    }

    /// <summary>Every file with memory is some VM's that rests on it, and goes with an undefine.</summary>
    private static void JudgeMemory(SimulatedNode node, VmId[] vms)
    {
        Assert.True(node.Memory.Files.Count <= vms.Length, string.Join(' ', node.Memory.Files));
        foreach (var vm in vms)
            Assert.Equal(OperationStatus.Succeeded, node.Do(vm, new VmCommand.Undefine(Force: true)).Status);
        Assert.Empty(node.Memory.Files);
    }

    private static bool Step(SimulatedNode node)
    {
        var before = node.Dispatcher.Steps;
        return node.Dispatcher.RunUntil(() => node.Dispatcher.Steps > before, TimeSpan.FromSeconds(5));
    }
}
