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
}
