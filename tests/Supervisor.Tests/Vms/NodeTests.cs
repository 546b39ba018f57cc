using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.TestKit;

namespace VmSupervisor.Supervisor.Tests.Vms;

/// <summary>The production actors over a simulated host, in virtual time; each over many seeds.</summary>
public sealed class NodeTests
{
    public static TheoryData<long> Seeds => [.. Enumerable.Range(1, 25).Select(s => (long)s)];

    [Theory, MemberData(nameof(Seeds))]
    public void A_vm_is_defined_started_stopped_and_undefined(long seed)
    {
        var node = new SimulatedNode(seed);
        var vm = node.Define(104);
        Assert.Equal(OperationStatus.Succeeded, node.Do(vm, new VmCommand.Start()).Status);
        Assert.Equal(("Running", "running"), (node.View(vm).State, node.View(vm).Guest));
        Assert.NotNull(node.View(vm).Pid);
        Assert.Equal(OperationStatus.Succeeded, node.Do(vm, new VmCommand.Stop()).Status);
        Assert.Equal(("CleanedUp", "off", "api-stop"), (node.View(vm).State, node.View(vm).Guest, node.View(vm).Cause));
        AssertOneCleanupEach(node, vm, 1);
        Assert.Equal(OperationStatus.Succeeded, node.Do(vm, new VmCommand.Undefine()).Status);
        Assert.Null(node.Supervisor.Find("104"));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Crash_then_start_cleans_the_old_incarnation_first(long seed)
    {
        var node = new SimulatedNode(seed);
        var vm = node.Define(104);
        node.Do(vm, new VmCommand.Start());
        for (var life = 2; life <= 6; life++)
        {
            node.Hypervisor.Kill(node.Hypervisor.Of(vm));
            Assert.Equal(OperationStatus.Succeeded, node.Do(vm, new VmCommand.Start()).Status);
            Assert.Equal(life, node.View(vm).Incarnation.Value);
        }

        node.Do(vm, new VmCommand.Stop());
        AssertOneCleanupEach(node, vm, 6);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_guest_that_powers_itself_off_is_cleaned_once(long seed)
    {
        var node = new SimulatedNode(seed);
        var vm = node.Define(104);
        node.Do(vm, new VmCommand.Start());
        node.Hypervisor.PowerOff(node.Hypervisor.Of(vm));
        node.RunUntil(() => node.View(vm).State == "CleanedUp");
        Assert.Equal("guest-shutdown", node.View(vm).Cause);
        AssertOneCleanupEach(node, vm, 1);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_hung_monitor_delays_a_stop_by_half_a_second_and_nothing_else(long seed)
    {
        var node = new SimulatedNode(seed);
        var hung = node.Define(1, hooks: false);
        var other = node.Define(2, hooks: false);
        node.Do(hung, new VmCommand.Start());
        node.Do(other, new VmCommand.Start());
        node.Hypervisor.Of(hung).Hung = true;
        var start = node.Do(hung, new VmCommand.Start());
        Assert.Equal(OperationStatus.Refused, start.Status);
        Assert.Contains("monitor unresponsive", start.Problem!.Detail, StringComparison.Ordinal);
        var before = node.Dispatcher.Time.Elapsed;
        Assert.Equal(OperationStatus.Succeeded, node.Do(hung, new VmCommand.Stop()).Status);
        Assert.InRange(node.Dispatcher.Time.Elapsed - before, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal("running", node.View(other).Guest);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_start_that_fails_before_or_after_the_spawn_leaves_nothing_and_says_why(long seed)
    {
        foreach (var afterSpawn in new[] { false, true })
        {
            var node = new SimulatedNode(seed);
            var vm = node.Define(104);
            const string reason = "Could not open '/images/x': No such file or directory";
            node.Hypervisor.LaunchFails = afterSpawn ? new SimulatedLaunchFault.AfterSpawn(reason) : new SimulatedLaunchFault.BeforeSpawn(reason);
            var start = node.Do(vm, new VmCommand.Start());
            Assert.Equal(OperationStatus.Failed, start.Status);
            Assert.Equal("vm 104: start failed: Could not open '/images/x': No such file or directory", start.Problem!.Detail);
            Assert.Empty(node.Hypervisor.Living);
            Assert.Empty(node.Resources.Held);
            Assert.Equal([HookPhase.PreStart, HookPhase.PostStop], node.Hooks.Log.Select(h => h.Phase));
        }
    }

    /// <summary>The supervisor is killed after every step of a life, in turn; whatever it was doing is brought to its end.</summary>
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void Killing_the_supervisor_at_any_step_loses_nothing(long seed)
    {
        for (var step = 1; step < 400; step++)
        {
            var node = new SimulatedNode(seed);
            var vm = node.Define(104);
            var start = node.Submit(vm, new VmCommand.Start(), "start");
            if (!Steps(node, step))
            {
                node.Do(vm, new VmCommand.Stop());
                AssertOneCleanupEach(node, vm, 1);
                return;
            }

            var acknowledged = start.IsCompletedSuccessfully;
            node.Restart();
            if (acknowledged)
            {
                var again = node.Dispatcher.Run(node.Submit(vm, new VmCommand.Start(), "start"));
                node.RunUntil(() => node.View(vm).State is "Running" or "CleanedUp");
                Assert.Equal("start", again.Id.Value);
            }

            node.RunUntil(() => node.Supervisor.Operations().Count == 0);
            node.Do(vm, new VmCommand.Stop());
            Assert.Equal("CleanedUp", node.View(vm).State);
            Assert.Empty(node.Hypervisor.Living);
            AssertOneCleanupEach(node, vm, node.View(vm).Incarnation.Value);
        }
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void Killing_the_supervisor_at_any_step_of_a_stop_cleans_once(long seed)
    {
        for (var step = 1; step < 400; step++)
        {
            var node = new SimulatedNode(seed);
            var vm = node.Define(104);
            node.Do(vm, new VmCommand.Start());
            var stop = node.Submit(vm, new VmCommand.Stop(), "stop");
            var over = !Steps(node, step);
            var acknowledged = stop.IsCompletedSuccessfully;
            node.Restart();
            if (acknowledged)
            {
                node.RunUntil(() => node.View(vm).State == "CleanedUp");
                var end = node.Dispatcher.Run(node.Dispatcher.Start(() => node.Supervisor.FindOperationAsync(OperationId.Parse("stop"))));
                Assert.Equal(OperationStatus.Succeeded, end!.Status);
            }

            node.Do(vm, new VmCommand.Stop());
            AssertOneCleanupEach(node, vm, 1);
            if (over)
                return;
        }
    }

    [Fact]
    public void The_same_operation_id_gives_the_same_answer_across_a_restart_and_another_content_is_a_conflict()
    {
        var node = new SimulatedNode(1);
        var vm = node.Define(104);
        var first = node.Dispatcher.Run(node.Submit(vm, new VmCommand.Stop(), "mine"));
        Assert.Equal("already stopped", first.Note);
        node.Restart();
        var again = node.Dispatcher.Run(node.Submit(vm, new VmCommand.Stop(), "mine"));
        Assert.Equal(first, again);
        var other = node.Dispatcher.Run(node.Submit(vm, new VmCommand.Start(), "mine"));
        Assert.Equal((OperationStatus.Refused, ProblemKind.Conflict), (other.Status, other.Problem!.Kind));
        Assert.Equal("CleanedUp", node.View(vm).State);
    }

    [Fact]
    public void A_host_reboot_closes_each_life_once_with_that_cause()
    {
        var node = new SimulatedNode(7);
        var vm = node.Define(104);
        node.Do(vm, new VmCommand.Start());
        node.Abandon();
        node.Hypervisor.Reboot();
        node.Restart();
        node.RunUntil(() => node.View(vm).State == "CleanedUp");
        Assert.Equal("host-reboot", node.View(vm).Cause);
        Assert.Equal("host-reboot", node.Hooks.Log[^1].Cause);
        AssertOneCleanupEach(node, vm, 1);
    }

    [Fact]
    public void An_unkillable_process_keeps_the_vm_in_stopping_with_its_volumes_held()
    {
        var node = new SimulatedNode(7);
        var vm = node.Define(104);
        node.Do(vm, new VmCommand.Start());
        var process = node.Hypervisor.Of(vm);
        process.Unkillable = true;
        _ = node.Submit(vm, new VmCommand.Stop());
        node.RunUntil(() => node.View(vm).Problems.Count > 0);
        Assert.Contains("does not die", node.View(vm).Problems[0], StringComparison.Ordinal);
        Assert.Contains((vm, "disk0"), node.Resources.Held);
        process.Unkillable = false;
        node.Hypervisor.Kill(process);
        node.RunUntil(() => node.View(vm).State == "CleanedUp");
        AssertOneCleanupEach(node, vm, 1);
    }

    [Fact]
    public void Names_are_unique_on_a_node_and_free_again_after_undefine()
    {
        var node = new SimulatedNode(3);
        node.Define(1, change: d => d with { Name = "web" });
        var taken = Assert.Throws<InvalidOperationException>(() => node.Define(2, change: d => d with { Name = "web" }));
        Assert.Contains("the name 'web' is vm 1's", taken.Message, StringComparison.Ordinal);
        node.Do(new VmId(1), new VmCommand.Undefine());
        node.Define(2, change: d => d with { Name = "web" });
    }

    [Fact]
    public void A_definition_that_no_file_could_say_is_refused_with_every_fault()
    {
        var node = new SimulatedNode(3);
        var refused = Assert.Throws<InvalidOperationException>(() => node.Define(1, change: d => d with { Memory = 0, Cpus = 0 }));
        Assert.Contains("memory", refused.Message, StringComparison.Ordinal);
        Assert.Contains("cpus", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_history_names_who_asked_and_what_was_refused()
    {
        var node = new SimulatedNode(3);
        var vm = node.Define(1);
        node.Do(vm, new VmCommand.Pause());
        node.RunUntil(() => node.History(vm).Any(e => e.Type == "refused"));
        var refused = node.History(vm).Single(e => e.Type == "refused");
        Assert.Equal("test", refused.By);
        Assert.Contains("not running", refused.Data["why"], StringComparison.Ordinal);
    }

    /// <summary>What the world saw, not what our books say: every life's resources given back once, every hook once and in order.</summary>
    private static void AssertOneCleanupEach(SimulatedNode node, VmId vm, long lives)
    {
        node.Invariants.JudgeAtEnd();
        Assert.True(node.Invariants.Violations.Count == 0, string.Join("\n", node.Invariants.Violations));
        Assert.Equal(lives, node.History(vm).Count(e => e.Type == "cleaned-up"));
    }

    private static bool Steps(SimulatedNode node, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var before = node.Dispatcher.Steps;
            node.Dispatcher.RunUntil(() => node.Dispatcher.Steps > before, TimeSpan.FromSeconds(2));
            if (node.Dispatcher.Steps == before)
                return false;
        }

        return true;
    }
}
