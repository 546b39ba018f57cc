using VmSupervisor.Contracts.Commands;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

[Trait("Category", "Qemu")]
[Trait("Speed", "Slow")]
public sealed class ManyVmsTests
{
    [Fact(Timeout = Limits.Test)]
    public Task Twenty_vms_are_started_and_stopped_together_twice_and_leave_nothing() => Node.OfItsOwnAsync(async node =>
    {
        var vms = Enumerable.Range(1, 20).ToArray();
        await Task.WhenAll(vms.Select(vm => node.DefineAsync(Definitions.Nano(vm, "hb_ms=1000 idle=1").WithHook(node))));
        for (var round = 1; round <= 2; round++)
        {
            await Task.WhenAll(vms.Select(node.StartAsync));
            Assert.Equal(20, node.World.Processes().Count);
            var pids = (await node.Client.ListAsync()).Select(view => view.Pid!.Value).Order();
            Assert.Equal(node.World.Processes().Select(p => p.Pid).Order(), pids);

            // Half of them by their guests, half by force.
            await Task.WhenAll(vms.Select(vm => node.DoAsync(vm, vm % 2 == 0 ? new VmCommand.Shutdown() : new VmCommand.Stop())));
            Assert.Empty(node.World.Processes());
            Assert.Empty(node.World.RunDirectories());
        }

        foreach (var vm in vms)
        {
            (await node.HistoryAsync(vm)).AssertCleanedOnce("api-stop", "api-stop");
            Assert.All([1, 2], life => Assert.Equal(["pre-start", "post-start", "pre-stop", "post-stop"], node.World.PhasesOf(vm, life)));
        }
    });

    [Fact(Timeout = Limits.Test)]
    public Task Two_nodes_on_one_machine_do_not_touch_each_others_vms() => Node.OfItsOwnAsync(here => Node.OfItsOwnAsync(async there =>
    {
        foreach (var node in new[] { here, there })
        {
            await node.DefineAsync(Definitions.Nano(1));
            await node.StartAsync(1);
        }

        await there.RestartDaemonAsync();
        await here.StopAsync(1);

        Assert.Empty(here.World.Processes());
        Assert.Equal(there.World.TheProcess(1).Pid, (await there.ShowAsync(1)).Pid);
        await there.SerialOf(1, 1).BeatsOnAsync();
        there.SerialOf(1, 1).AssertNoBeatIsMissing();
    }));

    [Fact(Timeout = Limits.Test)]
    public Task An_incarnation_is_never_used_again_not_even_after_an_undefine() => Node.OfItsOwnAsync(async node =>
    {
        for (var life = 1; life <= 3; life++)
        {
            await node.DefineAsync(Definitions.Nano(1));
            await node.StartAsync(1);
            Assert.Equal(life, (await node.ShowAsync(1)).Incarnation.Value);
            await node.StopAsync(1);
            await node.DoAsync(1, new VmCommand.Undefine());
            if (life == 2)
                await node.RestartDaemonAsync();
        }

        (await node.HistoryAsync(1)).AssertCleanedOnce("api-stop", "api-stop", "api-stop");
    });
}
