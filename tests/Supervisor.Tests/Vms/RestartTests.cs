using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;
using VmSupervisor.TestKit;

namespace VmSupervisor.Supervisor.Tests.Vms;

/// <summary>Lives that follow one another without anybody asking, and reboots, on a whole node in virtual time.</summary>
public sealed class RestartTests
{
    public static TheoryData<long> Seeds => [.. Enumerable.Range(1, 15).Select(s => (long)s)];

    [Theory, MemberData(nameof(Seeds))]
    public void A_crashed_vm_comes_back_by_itself_and_its_view_says_when(long seed)
    {
        var node = new SimulatedNode(seed);
        var vm = node.Define(1, change: d => d with { Restart = RestartPolicy.OnCrash });
        node.Do(vm, new VmCommand.Start());
        node.Hypervisor.Kill(node.Hypervisor.Of(vm));
        node.RunUntil(() => node.View(vm).State == "CleanedUp");
        Assert.Equal(("restart", "crash"), (node.View(vm).Activity, node.View(vm).Cause));
        Assert.Contains("started again at", node.View(vm).Detail, StringComparison.Ordinal);
        node.RunUntil(() => node.View(vm).State == "Running");
        Assert.Equal((1, "restart", 2L), (node.View(vm).Restarts, node.View(vm).Cause, node.View(vm).Incarnation.Value));
        node.RunUntil(() => node.View(vm).Restarts == 0, TimeSpan.FromMinutes(6));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_restart_that_is_pending_when_the_supervisor_dies_comes_all_the_same(long seed)
    {
        var node = new SimulatedNode(seed);
        var vm = node.Define(1, change: d => d with { Restart = RestartPolicy.OnCrash });
        node.Do(vm, new VmCommand.Start());
        node.Hypervisor.Kill(node.Hypervisor.Of(vm));
        node.RunUntil(() => node.View(vm).Activity == "restart");
        node.Restart();
        Assert.Equal("restart", node.View(vm).Activity);
        node.RunUntil(() => node.View(vm).State == "Running");
        Assert.Equal(2, node.View(vm).Incarnation.Value);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_reboot_across_a_restart_of_the_supervisor_ends_in_the_next_life(long seed)
    {
        var node = new SimulatedNode(seed);
        var vm = node.Define(1);
        node.Do(vm, new VmCommand.Start());
        node.Hypervisor.Of(vm).IgnoresPowerButton = true;
        var reboot = node.Submit(vm, new VmCommand.Reboot(), "the-reboot");
        node.RunUntil(() => reboot.IsCompleted && node.View(vm).State == "Stopping");
        node.Restart();
        node.Hypervisor.PowerOff(node.Hypervisor.Of(vm));
        node.RunUntil(() => node.View(vm) is { State: "Running", Incarnation.Value: 2 });
        var ended = node.Dispatcher.Run(node.Dispatcher.Start(() => node.Supervisor.FindOperationAsync(reboot.Result.Id)));
        Assert.Equal(OperationStatus.Succeeded, ended?.Status);
        Assert.Equal("api-reboot", node.View(vm).Cause);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void The_node_is_shut_down_backwards_in_the_order_of_its_start_and_starts_are_refused_meanwhile(long seed)
    {
        var node = new SimulatedNode(seed);
        var database = node.Define(1, change: d => d with { StartupOrder = 1 });
        var web = node.Define(2, change: d => d with { StartupOrder = 2 });
        var other = node.Define(3, change: d => d with { StartupOrder = 2, ShutdownTimeout = TimeSpan.FromSeconds(2) });
        var crashed = node.Define(4, change: d => d with { Restart = RestartPolicy.Always });
        foreach (var vm in new[] { database, web, other, crashed })
            node.Do(vm, new VmCommand.Start());
        node.Hypervisor.Of(other).IgnoresPowerButton = true;
        node.Hypervisor.Kill(node.Hypervisor.Of(crashed));
        node.RunUntil(() => node.View(crashed).Activity == "restart");

        var shutdown = node.Dispatcher.Start(() => node.Supervisor.ShutDownNodeAsync(TimeSpan.FromMinutes(1), new("test")));
        node.RunUntil(() => node.View(web).State == "Stopping");
        Assert.Equal("Running", node.View(database).State);
        var refused = node.Do(web, new VmCommand.Start());
        Assert.Equal((OperationStatus.Refused, "vm 2: start refused: the node is being shut down"), (refused.Status, refused.Problem!.Detail));

        var ended = node.Dispatcher.Run(shutdown, TimeSpan.FromMinutes(2));
        Assert.Equal([4, 2, 3, 1], ended.Select(o => o.Vm.Value));
        Assert.All(ended, o => Assert.Equal(OperationStatus.Succeeded, o.Status));
        Assert.Empty(node.Hypervisor.Living);
        node.Dispatcher.RunFor(TimeSpan.FromMinutes(1));
        Assert.Empty(node.Hypervisor.Living);

        // The host did not go down after all.
        Assert.Equal(OperationStatus.Succeeded, node.Do(web, new VmCommand.Start()).Status);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void What_runs_when_the_time_of_a_node_s_shutdown_is_over_is_stopped_by_force(long seed)
    {
        var node = new SimulatedNode(seed);
        var late = node.Define(1, change: d => d with { StartupOrder = 1 });
        var deaf = node.Define(2, change: d => d with { StartupOrder = 2 });
        node.Do(late, new VmCommand.Start());
        node.Do(deaf, new VmCommand.Start());
        node.Hypervisor.Of(late).IgnoresPowerButton = node.Hypervisor.Of(deaf).IgnoresPowerButton = true;
        var began = node.Dispatcher.Time.GetUtcNow();
        var ended = node.Dispatcher.Run(
            node.Dispatcher.Start(() => node.Supervisor.ShutDownNodeAsync(TimeSpan.FromSeconds(10), new("test"))), TimeSpan.FromMinutes(2));
        Assert.InRange(node.Dispatcher.Time.GetUtcNow() - began, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(15));
        Assert.All(ended, o => Assert.Equal(OperationStatus.Succeeded, o.Status));
        Assert.Empty(node.Hypervisor.Living);
    }
}
