using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.CommandLine;

namespace VmSupervisor.Supervisor.Tests.Qemu.Mirrors;

[Collection("jobs of QEMU")]
[Trait("needs", "qemu")]
public sealed class MirrorTests
{
    [Theory(Timeout = QemuFixture.Limit)]
    [InlineData(DiskFormat.Raw, false)]
    [InlineData(DiskFormat.Qcow2, true)]
    public async Task A_guest_that_writes_goes_over_with_its_disks_and_writes_on(DiskFormat there, bool ports)
    {
        await using var vm = new MirrorFixture { Writes = true, FormatThere = there, Place = ports ? MirrorFixture.Ports : new ListenPlace.RunDirectory() };
        await vm.RunAsync();
        Assert.Equal(ports, vm.Address is MigrationAddress.Tcp);
        var (outgoing, incoming) = (vm.From.Hypervisor.Migrations, vm.To.Hypervisor.Migrations);
        var listens = await incoming.ListenAsync(vm.Target, new(new ListenPlace.RunDirectory(), new()), default);
        var seen = new List<MirrorProgress>();
        await vm.BeginAsync(vm.Request() with { Synchronous = ports });
        Assert.Equal(new MirrorStage.Ready(), await vm.FollowAsync(null, seen.Add));
        Assert.True(seen[^1].Done >= 2 * vm.Size && seen[^1].Total >= seen[^1].Done, seen[^1].ToString());
        await vm.WritesOnAsync();

        var request = new MigrationRequest(Assert.IsType<ListenResult.Listening>(listens).At, new(), new() { BytesPerSecond = 0, Downtime = TimeSpan.FromSeconds(2) });
        Assert.Equal(new MonitorResult.Done(), await outgoing.BeginAsync(vm.Source, request, default));
        Assert.Equal(new MigrationStage.PreSwitchover(), await outgoing.FollowAsync(vm.Source, null, _ => { }, default));
        Assert.Equal(new MirrorStage.Completed(), await vm.Outgoing.CompleteAsync(vm.Source, vm.Request(), default));
        byte[][] here = [vm.Here(0), vm.Here(1)];
        if (there == DiskFormat.Raw)
            AssertSame(here, await vm.ThereAsync());

        Assert.Equal(new MonitorResult.Done(), await outgoing.SwitchOverAsync(vm.Source, default));
        Assert.IsType<MigrationStage.Completed>(await outgoing.FollowAsync(vm.Source, new MigrationStage.PreSwitchover(), _ => { }, default));
        Assert.Equal(new IncomingStage.Completed(), await incoming.FollowIncomingAsync(vm.Target, null, default));
        Assert.Equal(new MonitorResult.Done(), await vm.Incoming.StopExportsAsync(vm.Target, default));
        Assert.Equal(new MonitorResult.Done(), await vm.To.Hypervisor.ContinueAsync(vm.Target, default));
        await MirrorFixture.WritesOnAsync(vm.To, vm.Target);

        // Permissions that QEMU did not get it only says there.
        Assert.Equal("", await File.ReadAllTextAsync(new RunFiles(vm.Target.RunDirectory).Log));
        await vm.To.Hypervisor.QuitAsync(vm.Target, default);
        await vm.To.Hypervisor.WaitForExitAsync(vm.Target, vm.TargetProcess, default);
        AssertSame(here, [vm.Here(0), vm.Here(1)]);
        AssertWroteOn(here, await vm.ThereAsync());
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_target_that_runs_with_an_export_open_gets_no_permission_to_write_and_does_not_say_so()
    {
        await using var vm = new MirrorFixture();
        await vm.RunAsync();
        var (outgoing, incoming) = (vm.From.Hypervisor.Migrations, vm.To.Hypervisor.Migrations);
        var listens = Assert.IsType<ListenResult.Listening>(await incoming.ListenAsync(vm.Target, new(new ListenPlace.RunDirectory(), new()), default));
        Assert.Equal(new MonitorResult.Done(), await outgoing.BeginAsync(vm.Source, new(listens.At, new(), new() { BytesPerSecond = 0 }), default));
        Assert.Equal(new MigrationStage.PreSwitchover(), await outgoing.FollowAsync(vm.Source, null, _ => { }, default));
        Assert.Equal(new MonitorResult.Done(), await outgoing.SwitchOverAsync(vm.Source, default));
        Assert.Equal(new IncomingStage.Completed(), await incoming.FollowIncomingAsync(vm.Target, null, default));
        Assert.Equal(new MonitorResult.Done(), await vm.To.Hypervisor.ContinueAsync(vm.Target, default));
        Assert.Contains("Permission conflict on node 'disk0'", await File.ReadAllTextAsync(new RunFiles(vm.Target.RunDirectory).Log));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task New_supervisors_find_exports_and_mirrors_that_run_and_that_have_ended()
    {
        await using var vm = new MirrorFixture { Place = MirrorFixture.Ports };
        await vm.RunAsync();
        await vm.BeginToReadyAsync();
        await vm.From.Hypervisor.DisposeAsync();
        await vm.To.Hypervisor.DisposeAsync();
        var there = vm.To.NewSupervisor().Mirrors;
        Assert.Equal(new ExportResult.Exported(vm.Address), await there.ExportAsync(vm.Target, vm.Exports(), default));
        await using (var next = vm.From.NewSupervisor())
        {
            Assert.Equal(new MonitorResult.Done(), await next.Mirrors.BeginAsync(vm.Source, vm.Request(), default));
            Assert.Equal(new MirrorStage.Ready(), await next.Mirrors.FollowAsync(vm.Source, vm.Request(), null, _ => { }, default));
            Assert.Equal(new MonitorResult.Done(), await next.PauseAsync(vm.Source, default));
            Assert.Equal(new MirrorStage.Completed(), await next.Mirrors.CompleteAsync(vm.Source, vm.Request(), default));
        }

        // It was killed before it could write that down: the same answers, and it is not begun anew.
        await using var last = vm.From.NewSupervisor();
        Assert.Equal(new MonitorResult.Done(), await last.Mirrors.BeginAsync(vm.Source, vm.Request(), default));
        Assert.Equal(new MirrorStage.Completed(), await last.Mirrors.FollowAsync(vm.Source, vm.Request(), new MirrorStage.Ready(), _ => { }, default));
        Assert.Equal(new MirrorStage.Completed(), await last.Mirrors.CompleteAsync(vm.Source, vm.Request(), default));
        AssertSame([vm.Here(0), vm.Here(1)], await vm.ThereAsync());
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(new MonitorResult.Done(), await there.StopExportsAsync(vm.Target, default));
            Assert.Equal(new MonitorResult.Done(), await last.Mirrors.CancelAsync(vm.Source, vm.Request(), default));
        }

        await vm.AssertNothingLeftAsync();
        Assert.Equal(
            new MirrorStage.Failed("QEMU has no mirror of disk0"),
            await last.Mirrors.FollowAsync(vm.Source, vm.Request(), null, _ => { }, default));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_limit_holds_it_up_and_one_that_is_lifted_lets_it_go_on()
    {
        await using var vm = new MirrorFixture { Writes = true };
        await vm.RunAsync();
        await vm.BeginAsync(vm.Request() with { BytesPerSecond = 2 });
        Assert.Contains("is not copied yet", Assert.IsType<MirrorStage.Failed>(await vm.Outgoing.CompleteAsync(vm.Source, vm.Request(), default)).Reason);
        Assert.Equal(new MonitorResult.Done(), await vm.Outgoing.TuneAsync(vm.Source, vm.Request(), null, default));
        Assert.Equal(new MirrorStage.Ready(), await vm.FollowAsync());
        Assert.Equal(new MonitorResult.Done(), await vm.Outgoing.TuneAsync(vm.Source, vm.Request(), 1 << 20, default));
        await vm.CancelAsync();
        await vm.WritesOnAsync();
    }

    private static void AssertSame(byte[][] some, byte[][] others) =>
        Assert.All(some.Zip(others), pair => Assert.True(pair.First.AsSpan().SequenceEqual(pair.Second)));

    /// <summary>The counters are of one guest that went on counting, and the rest of the disks is as it was.</summary>
    private static void AssertWroteOn(byte[][] before, byte[][] after)
    {
        var (then, now) = (MirrorFixture.Counters(before[0], before[1]), MirrorFixture.Counters(after[0], after[1]));
        Assert.Equal(now.OrderDescending(), now);
        Assert.InRange(now[0] - now[3], 0u, 1u);
        Assert.True(now[3] > then[0], $"{then[0]}, then {now[3]}");
        foreach (var (old, young) in before.Zip(after))
            Assert.True(old.AsSpan(1024, (60000 - 2) * 512).SequenceEqual(young.AsSpan(1024, (60000 - 2) * 512)));
    }
}
