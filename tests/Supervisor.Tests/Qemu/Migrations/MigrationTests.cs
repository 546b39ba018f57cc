using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;

namespace VmSupervisor.Supervisor.Tests.Qemu.Migrations;

[Collection("jobs of QEMU")]
[Trait("needs", "qemu")]
public sealed class MigrationTests
{
    [Theory(Timeout = QemuFixture.Limit)]
    [InlineData("unix")]
    [InlineData("tcp")]
    [InlineData("multifd")]
    [InlineData("tls")]
    public async Task A_guest_goes_over_and_counts_on_without_a_gap(string way)
    {
        using var files = new TlsFiles();
        await using var vm = new MigrationFixture
        {
            Options = way switch
            {
                "multifd" => new() { Channels = 3, AutoConverge = true },
                "tls" => new() { Tls = new(files.DirectoryOf("b"), "b") },
                _ => new(),
            },
        };
        await vm.RunAsync(way == "unix" ? null : new ListenPlace.Ports("127.0.0.1", 20000, 29999));
        Assert.Equal(way == "unix", vm.Address is MigrationAddress.Unix);
        var seen = new List<MigrationProgress>();
        await vm.BeginAsync();
        Assert.Equal(new MigrationStage.PreSwitchover(), await vm.FollowAsync(null, seen.Add));
        Assert.Equal(["setup", "active", "STOP", "pre-switchover"], await vm.SourceSays.UntilAsync("pre-switchover"));
        await vm.AssertSourceAsync(GuestState.Paused);
        await vm.AssertTargetAsync(GuestState.Incoming);

        await vm.SwitchOverAsync();
        var completed = Assert.IsType<MigrationStage.Completed>(await vm.FollowAsync(new MigrationStage.PreSwitchover(), seen.Add));
        Assert.True(completed.Total > TimeSpan.Zero && completed.Downtime > TimeSpan.Zero && completed.Total >= completed.Downtime);
        Assert.True(completed.Transferred > 0 && completed.Transferred == seen[^1].Transferred);
        Assert.True(seen[^1] is { Remaining: 0, Total: > 4 << 20, Iterations: > 1 });
        Assert.Equal(["device", "completed"], await vm.SourceSays.UntilAsync("completed"));
        await vm.AssertSourceAsync(GuestState.Paused);

        // Held by -S: it has all, and does not run.
        Assert.Equal(new IncomingStage.Completed(), await vm.FollowIncomingAsync());
        Assert.Equal(["setup", "active", "completed"], await vm.TargetSays.UntilAsync("completed"));
        Assert.Empty(await vm.TargetSays.RestAsync());
        await vm.AssertTargetAsync(GuestState.Paused);
        await vm.AssertTargetCountsOnAsync();
        Assert.Equal(["RESUME"], await vm.TargetSays.RestAsync());
        Assert.Empty(await vm.SourceSays.RestAsync());
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Both_ends_have_the_same_image_open_and_the_target_writes_to_it_once_it_runs()
    {
        using var images = new TempDirectory();
        File.WriteAllBytes(images["disk.raw"], new byte[1 << 20]);
        await using var vm = new MigrationFixture
        {
            Guest = QemuFixture.Nano("hb_ms=50 hz=100") with { Disks = [new() { Path = images["disk.raw"], Format = DiskFormat.Raw }] },
        };
        await vm.RunAsync();
        await vm.BeginToSwitchoverAsync();
        await vm.SwitchOverAsync();
        Assert.IsType<MigrationStage.Completed>(await vm.FollowAsync());
        Assert.Equal(new IncomingStage.Completed(), await vm.FollowIncomingAsync());
        await vm.AssertTargetCountsOnAsync();

        // The source has given its images away: it cannot come back by accident.
        Assert.Contains("lock", Assert.IsType<MonitorResult.Failed>(await vm.From.Hypervisor.ContinueAsync(vm.Source, default)).Reason);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_new_supervisor_follows_a_migration_that_is_under_way_and_one_that_is_over()
    {
        await using var vm = new MigrationFixture();
        await vm.RunAsync();
        await vm.BeginToSwitchoverAsync();
        await vm.From.Hypervisor.DisposeAsync();
        await vm.To.Hypervisor.DisposeAsync();
        var request = new MigrationRequest(vm.Address, vm.Options, MigrationFixture.Fast);
        var there = vm.To.NewSupervisor().Migrations;
        Assert.Equal(new ListenResult.Listening(vm.Address), await there.ListenAsync(vm.Target, new(new ListenPlace.RunDirectory(), vm.Options), default));
        await using (var next = vm.From.NewSupervisor())
        {
            Assert.Equal(new MonitorResult.Done(), await next.Migrations.BeginAsync(vm.Source, request, default));
            Assert.Equal(new MigrationStage.PreSwitchover(), await next.Migrations.FollowAsync(vm.Source, null, _ => { }, default));
            Assert.Equal(new MonitorResult.Done(), await next.Migrations.SwitchOverAsync(vm.Source, default));
            await vm.SourceSays.UntilAsync("completed");
        }

        await using var last = vm.From.NewSupervisor();
        Assert.Equal(new MonitorResult.Done(), await last.Migrations.BeginAsync(vm.Source, request, default));
        Assert.IsType<MigrationStage.Completed>(await last.Migrations.FollowAsync(vm.Source, null, _ => { }, default));
        Assert.Equal(new MonitorResult.Done(), await last.Migrations.SwitchOverAsync(vm.Source, default));
        Assert.IsType<MigrationStage.Completed>(await last.Migrations.CancelAsync(vm.Source, default));
        Assert.Equal(new IncomingStage.Completed(), await there.FollowIncomingAsync(vm.Target, null, default));
        Assert.Empty(await vm.SourceSays.RestAsync());

        // The target did not take it: the source goes on, and what completed then is not this one.
        Assert.Equal(new MonitorResult.Done(), await last.ContinueAsync(vm.Source, default));
        var nowhere = request with { To = new MigrationAddress.Unix(vm.From.Files["nobody"]) };
        Assert.Equal(new MonitorResult.Done(), await last.Migrations.BeginAsync(vm.Source, nowhere, default));
        Assert.Equal(
            new MigrationStage.Failed($"Failed to connect to '{vm.From.Files["nobody"]}': No such file or directory"),
            await last.Migrations.FollowAsync(vm.Source, null, _ => { }, default));
        Assert.Equal(new LookResult.Answers(GuestState.Running), await last.LookAsync(vm.Source, vm.SourceProcess, default));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Limits_that_are_changed_while_it_runs_let_it_converge()
    {
        await using var vm = new MigrationFixture();
        await vm.RunAsync();
        await vm.BeginSlowlyAsync();
        var told = new TaskCompletionSource<MigrationProgress>();
        var count = 0;

        // The speed is that of the last tenth of a second that ended: before one has ended there is none.
        var following = vm.FollowAsync(null, one =>
        {
            if (++count >= 2 && one.BytesPerSecond > 0)
                told.TrySetResult(one);
        });
        var progress = await told.Task.WaitAsync(QemuFixture.Patience);
        Assert.True(progress is { Transferred: > 0, Remaining: > 1 << 20, Iterations: 1, Throttle: 0 }, progress.ToString());
        Assert.InRange(progress.BytesPerSecond, 10_000, 1_000_000);
        Assert.Equal(TimeSpan.FromMilliseconds(300), progress.ExpectedDowntime);
        Assert.False(following.IsCompleted);
        Assert.Equal(new MonitorResult.Done(), await vm.Outgoing.TuneAsync(vm.Source, MigrationFixture.Fast, default));
        Assert.Equal(new MigrationStage.PreSwitchover(), await following);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_port_that_is_taken_is_passed_over_and_a_range_without_a_free_one_says_so()
    {
        await using var host = new QemuFixture(QemuFixture.Patient);
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        var (key, _) = await host.LaunchAsync(incoming: true);
        var migrations = host.Hypervisor.Migrations;
        Assert.Equal(
            new ListenResult.Failed("QEMU refused: Failed to find an available port: Address already in use", false),
            await migrations.ListenAsync(key, Range("127.0.0.1", port, port), default));
        Assert.Equal(
            new ListenResult.Failed("QEMU refused: Failed to bind socket: Cannot assign requested address", false),
            await migrations.ListenAsync(key, Range("192.0.2.1", port, port + 1), default));

        var at = Assert.IsType<ListenResult.Listening>(await migrations.ListenAsync(key, Range("127.0.0.1", port, Math.Min(port + 50, 65535)), default)).At;
        var tcp = Assert.IsType<MigrationAddress.Tcp>(at);
        Assert.Equal("127.0.0.1", tcp.Host);
        Assert.InRange(tcp.Port, port + 1, port + 50);

        // It listens already, whatever it is told now.
        Assert.Equal(new ListenResult.Listening(at), await migrations.ListenAsync(key, Range("127.0.0.1", 1, 2), default));

        static ListenRequest Range(string host, int first, int last) => new(new ListenPlace.Ports(host, first, last), new());
    }
}
