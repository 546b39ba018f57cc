using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Linux;
using VmSupervisor.Resources;
using VmSupervisor.Resources.Taps;
using VmSupervisor.Supervisor.Tests.Qemu;

namespace VmSupervisor.Supervisor.Tests.Resources;

/// <summary>Real QEMUs on real taps and bridges.</summary>
[Trait("needs", "qemu")]
[Trait("needs", "root")]
public sealed class TapTests
{
    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_guest_runs_on_a_tap_of_its_bridge_and_after_the_stop_there_is_none()
    {
        await using var node = await RealNode.StartAsync();
        var bridge = node.NewBridge();
        RealNode.Ip("link", "set", bridge, "mtu", "1400");
        var vm = await node.DefineAsync(d => d with
        {
            Nics = [new() { Type = NicType.Tap, Bridge = bridge }, new() { Type = NicType.Tap, Bridge = bridge, Queues = 3, Mtu = 1300, Link = NicLink.Down }],
        });
        for (var life = 1; life <= 2; life++)
        {
            await node.SucceedsAsync(vm, new VmCommand.Start());
            var first = NetworkInterface.Find(Tap(node, vm, 0))!;
            var second = NetworkInterface.Find(Tap(node, vm, 1))!;
            Assert.All([first, second], tap => Assert.Equal(("tun", NetworkInterface.Find(bridge)!.Index), (tap.Kind, tap.Master)));
            Assert.Equal((1400, 1300), (first.Mtu, second.Mtu));
            Assert.Contains($"\"ifname\":\"{first.Name}\"", node.CommandLine(vm));
            Assert.Contains("\"mq\":true", node.CommandLine(vm));
            await node.SucceedsAsync(vm, new VmCommand.Stop());
            AssertNoTaps(node, vm);
        }
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Without_its_bridge_a_start_fails_says_what_to_do_and_leaves_nothing()
    {
        await using var node = await RealNode.StartAsync();
        var bridge = node.NewBridge();
        var vm = await node.DefineAsync(d => d with
        {
            Nics = [new() { Type = NicType.Tap, Bridge = bridge }, new() { Type = NicType.Tap, Bridge = "nobridge" }],
        });
        Assert.Equal(
            "vm 7: start failed: net1: there is no bridge nobridge on this host (ip link add nobridge type bridge)",
            await node.FailsAsync(vm, new VmCommand.Start()));
        AssertNoTaps(node, vm);

        await node.DefineAsync(d => d with { Nics = [new() { Type = NicType.Tap, Bridge = "lo" }] });
        Assert.Contains("net0: lo is no bridge", await node.FailsAsync(vm, new VmCommand.Start()));
        await node.DefineAsync(d => d with { Nics = [new() { Type = NicType.Tap, Bridge = bridge, Mtu = 9000 }] });
        Assert.Contains($"net0: an MTU of 9000 was asked for, and the bridge {bridge} has 1500", await node.FailsAsync(vm, new VmCommand.Start()));
        await node.DefineAsync(d => d with { Nics = [new() { Type = NicType.Tap, Bridge = bridge, Vlan = 12 }] });
        Assert.Contains($"the bridge {bridge} does not mind VLANs", await node.FailsAsync(vm, new VmCommand.Start()));
        AssertNoTaps(node, vm);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_tap_that_a_dead_supervisor_left_is_made_anew_and_goes_with_the_life()
    {
        await using var node = await RealNode.StartAsync();
        var bridge = node.NewBridge();
        var vm = await node.DefineAsync(d => d with { Nics = [new() { Type = NicType.Tap, Bridge = bridge, Queues = 2 }] });
        TapDevice.Create(Tap(node, vm, 0), multiQueue: false);
        await node.SucceedsAsync(vm, new VmCommand.Start());
        await node.RestartAsync();
        Assert.Equal("running", node.View(vm).Guest);
        Assert.NotNull(NetworkInterface.Find(Tap(node, vm, 0)));
        await node.SucceedsAsync(vm, new VmCommand.Stop());
        AssertNoTaps(node, vm);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_kind_of_the_embedders_is_one_class_and_its_failed_release_is_shown_and_tried_again_until_it_succeeds()
    {
        var own = new Stubborn();
        await using var node = await RealNode.StartAsync(networks: [own]);
        var bridge = node.NewBridge();
        var vm = await node.DefineAsync(d => d with { Nics = [new() { Type = own.Type, Bridge = bridge }, new() { Type = NicType.Tap, Bridge = bridge }] });
        await node.SucceedsAsync(vm, new VmCommand.Start());
        await node.SubmitAsync(vm, new VmCommand.Stop());
        var stuck = await node.UntilAsync(vm, view => view.Problems.Count > 0);
        Assert.Equal("Stopping", stuck.State);
        Assert.Contains("net0", Assert.Single(stuck.Problems));
        Assert.Contains("somebody holds it", stuck.Problems[0]);

        // The rest of the cleanup is done.
        Assert.Null(NetworkInterface.Find(Tap(node, vm, 1)));
        Assert.NotNull(NetworkInterface.Find(Tap(node, vm, 0)));
        own.Holds = false;
        await node.UntilAsync(vm, view => view.State == "CleanedUp");
        Assert.Empty(node.View(vm).Problems);
        AssertNoTaps(node, vm);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_kind_that_this_node_was_not_given_fails_the_start_and_nothing_else()
    {
        await using var node = await RealNode.StartAsync();
        var vm = await node.DefineAsync(d => d with { Disks = [new() { Type = "x-ceph", Path = "pool/v" }] });
        Assert.Contains("disk0: this node knows no volume of type x-ceph; it knows ", await node.FailsAsync(vm, new VmCommand.Start()));
        Assert.DoesNotContain(node.RunFilesLeft(), File.Exists);
        Assert.Throws<ArgumentException>(() => new ResourceKinds([], [], [], [new TapNetworks()]));
    }

    private static string Tap(RealNode node, VmId vm, int place) => TapName.Of(new(node.Name, vm), place);

    private static void AssertNoTaps(RealNode node, VmId vm)
    {
        Assert.Equal("CleanedUp", node.View(vm).State);
        for (var place = 0; place < 3; place++)
            Assert.Null(NetworkInterface.Find(Tap(node, vm, place)));
        Assert.DoesNotContain(node.RunFilesLeft(), File.Exists);
    }

    /// <summary>Taps that are not given back at first.</summary>
    private sealed class Stubborn : INetworkKind
    {
        private readonly TapNetworks taps = new();

        public volatile bool Holds = true;

        public string Type => "x-stubborn";

        public Task<NetworkBackEnd> AcquireAsync(NetworkRequest request, CancellationToken cancellationToken) => taps.AcquireAsync(request, cancellationToken);

        public Task ReleaseAsync(NetworkRequest request, CancellationToken cancellationToken) =>
            Holds ? throw new ResourceException("somebody holds it") : taps.ReleaseAsync(request, cancellationToken);

        public Task<NetworkBackEnd?> LookAsync(NetworkRequest request, CancellationToken cancellationToken) => taps.LookAsync(request, cancellationToken);
    }
}
