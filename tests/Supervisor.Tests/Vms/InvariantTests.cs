using VmSupervisor.Actors.TestKit.Journals;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Domain;
using VmSupervisor.Hooks;
using VmSupervisor.Qemu;
using VmSupervisor.TestKit;

namespace VmSupervisor.Supervisor.Tests.Vms;

/// <summary>That the simulated node's judge notices what must not be, when somebody does it behind the supervisor's back.</summary>
public sealed class InvariantTests
{
    private static readonly Incarnation First = new(1);

    [Fact]
    public void A_volume_that_is_released_under_a_living_process_is_noticed()
    {
        var (node, vm) = Running();
        Do(node, () => node.Resources.ReleaseAsync(KeyOf(vm, 1), new Step.RunDirectory(), default));
        Assert.Equal(
            [
                "invariant 11 (DurableBeforeVisible): vm 7 incarnation 1: Release acts, and nothing in the journal says why",
                "invariant 4 (NotCleanWhileAlive): vm 7 incarnation 1: run-directory is released under a living process",
            ],
            node.Invariants.Violations);
    }

    [Fact]
    public void A_volume_that_is_acquired_while_it_is_held_is_noticed()
    {
        var (node, vm) = Running();
        Do(node, () => node.Resources.AcquireAsync(KeyOf(vm, 1), new Step.RunDirectory(), default));
        Assert.Equal(["invariant 1 (OneCleanup): vm 7 incarnation 1: run-directory is acquired while it is held"], node.Invariants.Violations);
    }

    [Fact]
    public void A_second_process_is_noticed_and_that_it_is_left()
    {
        var (node, vm) = Running();
        Do(node, () => node.Hypervisor.LaunchAsync(new LaunchRequest(KeyOf(vm, 2), node.Supervisor.FindDefinition(vm)!), default));
        node.Do(vm, new VmCommand.Stop());
        node.Invariants.JudgeAtEnd();
        Assert.Equal(
            [
                "invariant 11 (DurableBeforeVisible): vm 7 incarnation 2: BringUp acts, and nothing in the journal says why",
                "invariant 6 (NeverTwo): vm 7: incarnation 2 is spawned while one of 1 lives",
                "invariant 8 (NothingUnowned): vm 7 incarnation 2: process 1002 is left",
            ],
            node.Invariants.Violations);
    }

    [Fact]
    public void A_hook_out_of_order_is_noticed()
    {
        var (node, vm) = Running();
        var early = new HookRequest(vm, "vm-7", First, HookPhase.PreStart, "", null, ["/hook"], TimeSpan.FromSeconds(1));
        Do(node, () => node.Hooks.RunAsync(early with { Incarnation = new(2) }, default));
        Do(node, () => node.Hooks.RunAsync(early with { Phase = HookPhase.PostStop }, default));
        node.Do(vm, new VmCommand.Stop());
        node.Invariants.JudgeAtRest();
        Assert.Equal(
            [
                "invariant 11 (DurableBeforeVisible): vm 7 incarnation 2: RunHooks PreStart acts, and nothing in the journal says why",
                "invariant 11 (DurableBeforeVisible): vm 7 incarnation 1: RunHooks PostStop acts, and nothing in the journal says why",
                "invariant 2 (HooksBalance): vm 7 incarnation 1: PreStart, PostStart, PostStop, PreStop: each at most once, in order",
                "invariant 2 (HooksBalance): vm 7: hooks of one life ran between those of another: 1 1 2 1 1",
            ],
            node.Invariants.Violations);
    }

    [Fact]
    public void A_guest_that_ends_with_its_supervisor_is_noticed()
    {
        var (node, vm) = Running();
        node.Abandon();
        Do(node, () => node.Hypervisor.QuitAsync(KeyOf(vm, 1), default));
        node.Begin();
        Assert.Contains("invariant 12 (GuestsOutlive): vm 7 incarnation 1: its process ended without a supervisor", node.Invariants.Violations);
    }

    [Fact]
    public void An_answer_that_comes_before_its_record_is_noticed()
    {
        var node = new SimulatedNode(1, journal => new FaultyJournal(journal) { AnswersEarly = true }, onDisk: true);
        var vm = node.Define(7);
        node.Invariants.Asked(vm, "early", node.Submit(vm, new VmCommand.Start(), "early"));
        node.RunUntil(() => node.View(vm).State == "Running");
        Assert.Contains("invariant 11 (DurableBeforeVisible): operation early of vm 7 is answered 'Running', and that is not in the journal", node.Invariants.Violations);
    }

    private static (SimulatedNode Node, VmId Vm) Running()
    {
        var node = new SimulatedNode(1);
        var vm = node.Define(7);
        node.Do(vm, new VmCommand.Start());
        return (node, vm);
    }

    private static ProcessKey KeyOf(VmId vm, long incarnation) => new(vm, new(incarnation), $"/run/sim/vms/{vm}/{incarnation}");

    private static void Do(SimulatedNode node, Func<Task> work) => node.Dispatcher.Run(node.Dispatcher.Start(async () =>
    {
        await work();
        return true;
    }));
}
