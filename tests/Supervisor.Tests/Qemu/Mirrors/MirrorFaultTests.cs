using System.Net;
using System.Net.Sockets;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Qemu;
using VmSupervisor.Supervisor.Tests.Qemu.Qmp;

namespace VmSupervisor.Supervisor.Tests.Qemu.Mirrors;

/// <summary>Targets that die, freeze or are not there, and calls that are given up.</summary>
[Collection("jobs of QEMU")]
[Trait("needs", "qemu")]
public sealed class MirrorFaultTests
{
    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_target_that_dies_fails_the_mirrors_and_the_guest_goes_on_and_goes_to_another()
    {
        await using var vm = new MirrorFixture { Writes = true };
        await vm.RunAsync();
        await vm.BeginToReadyAsync();
        var following = vm.FollowAsync(new MirrorStage.Ready());
        await vm.KillTargetAsync();
        Assert.Contains("Input/output error", Assert.IsType<MirrorStage.Failed>(await following).Reason);
        Assert.IsType<MirrorStage.Failed>(await vm.Outgoing.CompleteAsync(vm.Source, vm.Request(), default));
        await vm.CancelAsync();
        await vm.WritesOnAsync();

        await vm.ExportAsync("two");
        await vm.BeginAsync(vm.Request("two"));
        Assert.Equal(new MirrorStage.Ready(), await vm.Outgoing.FollowAsync(vm.Source, vm.Request("two"), null, _ => { }, default));
        await vm.CancelAsync("two");
        await vm.AssertSourceAsync(GuestState.Running);
    }

    [Theory(Timeout = QemuFixture.Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_target_that_freezes_hangs_QEMU_and_cancelling_frees_it(bool synchronous)
    {
        await using var vm = new MirrorFixture(o => o with { CommandDeadline = TimeSpan.FromMilliseconds(400) }) { Writes = true, Place = MirrorFixture.Ports };
        await vm.RunAsync();
        MonitorResult begun;
        while ((begun = await vm.Outgoing.BeginAsync(vm.Source, vm.Request() with { Synchronous = synchronous }, default)) is MonitorResult.Failed { Unreachable: true })
        {
            // A loaded host.
        }

        Assert.Equal(new MonitorResult.Done(), begun);
        while (await vm.FollowAsync() is MirrorStage.Unreachable)
        {
            // A loaded host.
        }

        await vm.WritesOnAsync();
        vm.To.Signal(vm.TargetProcess, Signal.Stop);

        // Some write of the guest waits for the target soon, and stopping the guest waits for that: then nothing is answered.
        do
        {
            await vm.From.Hypervisor.ContinueAsync(vm.Source, default);
            await vm.From.Hypervisor.PauseAsync(vm.Source, default);
        }
        while (await vm.FollowAsync() is not MirrorStage.Unreachable);

        MonitorResult cancelled;
        while ((cancelled = await vm.Outgoing.CancelAsync(vm.Source, vm.Request(), default)) is MonitorResult.Failed { Unreachable: true })
        {
            // A loaded host.
        }

        Assert.Equal(new MonitorResult.Done(), cancelled);
        await vm.AssertNothingLeftAsync();
        Assert.Equal(new MonitorResult.Done(), await vm.From.Hypervisor.ContinueAsync(vm.Source, default));
        await vm.WritesOnAsync();
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_target_that_is_frozen_from_the_beginning_is_given_up_and_the_guest_goes_on()
    {
        await using var vm = new MirrorFixture();
        await vm.RunAsync();
        vm.To.Signal(vm.TargetProcess, Signal.Stop);
        Assert.Equal(
            new MonitorResult.Failed("QEMU refused: Connection attempt cancelled by timeout", Unreachable: false),
            await vm.Outgoing.BeginAsync(vm.Source, vm.Request(), default));
        await vm.AssertNothingLeftAsync();
        await vm.AssertSourceAsync(GuestState.Running);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task What_cannot_be_mirrored_leaves_nothing()
    {
        await using var vm = new MirrorFixture();
        await vm.RunAsync();
        foreach (var (request, reason) in ((MirrorRequest, string)[])
                 [
                     (vm.Request("another"), "Requested export not available"),
                     (vm.Request() with { To = new MigrationAddress.Unix(vm.To.Files["nobody"]) }, "No such file or directory"),
                     (vm.Request() with { Disks = ["disk0", "disk7"] }, "QEMU has no disk 'disk7' to mirror"),
                 ])
        {
            var failed = Assert.IsType<MonitorResult.Failed>(await vm.Outgoing.BeginAsync(vm.Source, request, default));
            Assert.Contains(reason, failed.Reason);
            Assert.False(failed.Unreachable);
            await vm.AssertNothingLeftAsync();
        }

        await vm.KillTargetAsync();
        await vm.ExportAsync(size: 2 << 20);
        await vm.BeginAsync();
        Assert.EndsWith(": Source and target image have different sizes", Assert.IsType<MirrorStage.Failed>(await vm.FollowAsync()).Reason);
        await vm.CancelAsync();
        await vm.AssertSourceAsync(GuestState.Running);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_port_that_is_taken_is_passed_over_and_a_range_that_is_taken_is_refused()
    {
        await using var host = new QemuFixture(QemuFixture.Patient);
        var (key, _) = await host.LaunchAsync(QemuFixture.Nano() with { Disks = [new() { Path = host.Raw("a"), Format = DiskFormat.Raw }] }, incoming: true);
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var request = new ExportRequest("one", ["disk0"], new ListenPlace.Ports("127.0.0.1", port, port));
        Assert.Contains("in use", Failed(await ExportAsync(request)));
        Assert.Contains("Cannot assign", Failed(await ExportAsync(request with { At = new ListenPlace.Ports("192.0.2.1", port, port + 1) })));
        Assert.Contains("disk9", Failed(await ExportAsync(request with { Disks = ["disk0", "disk9"], At = MirrorFixture.Ports })));

        // Nothing was left of them, so it begins anew.
        var at = Assert.IsType<ExportResult.Exported>(await ExportAsync(request with { At = new ListenPlace.Ports("127.0.0.1", port, 65535) })).At;
        Assert.InRange(Assert.IsType<MigrationAddress.Tcp>(at).Port, port + 1, 65535);
        Assert.Equal(new MonitorResult.Done(), await host.Hypervisor.Mirrors.StopExportsAsync(key, default));

        Task<ExportResult> ExportAsync(ExportRequest one) => host.Hypervisor.Mirrors.ExportAsync(key, one, default);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_begin_that_was_given_up_at_any_moment_can_be_repeated_or_cancelled()
    {
        await using var vm = new MirrorFixture();
        await vm.RunAsync();
        var random = new Seeded(13);
        for (var i = 0; i < 12; i++)
        {
            using var cancel = new CancellationTokenSource(TimeSpan.FromMicroseconds(random.Below(12_000)), TimeProvider.System);
            try
            {
                await vm.Outgoing.BeginAsync(vm.Source, vm.Request(), cancel.Token);
            }
            catch (OperationCanceledException)
            {
                // That is the point.
            }

            if (i % 2 == 0)
                await vm.BeginToReadyAsync();
            await vm.CancelAsync();
        }
    }

    private static string Failed(ExportResult result) => Assert.IsType<ExportResult.Failed>(result).Reason;
}
