using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;

namespace VmSupervisor.Supervisor.Tests.Qemu.Migrations;

[Collection("jobs of QEMU")]
[Trait("needs", "qemu")]
public sealed class PostcopyTests
{
    /// <summary>The memory that the guest writes to takes a second.</summary>
    private static readonly MigrationLimits Slow = new() { BytesPerSecond = 300_000, Downtime = TimeSpan.FromMilliseconds(1) };

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_guest_that_writes_without_end_runs_on_the_target_before_its_memory_is_there()
    {
        await using var vm = await BegunAsync();
        await vm.SwitchOverAsync();
        Assert.Equal(new MigrationStage.PostcopyActive(), await vm.FollowAsync(new MigrationStage.PreSwitchover()));
        Assert.Equal(new IncomingStage.PostcopyActive(), await vm.FollowIncomingAsync());
        await vm.AssertTargetAsync(GuestState.Paused);
        Assert.Equal(new MigrationStage.PostcopyActive(), await vm.Outgoing.CancelAsync(vm.Source, default));
        Assert.Equal(new MonitorResult.Done(), await vm.Outgoing.SwitchOverAsync(vm.Source, default));
        var ended = vm.FollowAsync(new MigrationStage.PostcopyActive());
        await vm.AssertTargetCountsOnAsync();
        var completed = Assert.IsType<MigrationStage.Completed>(await ended);
        Assert.True(completed.Total > completed.Downtime);
        Assert.Equal(new IncomingStage.Completed(), await vm.FollowIncomingAsync(new IncomingStage.PostcopyActive()));
        Assert.Equal(["setup", "active", "STOP", "pre-switchover", "postcopy-active", "completed"], await vm.SourceSays.UntilAsync("completed"));
        Assert.Equal(["setup", "active", "postcopy-active", "RESUME", "completed"], await vm.TargetSays.UntilAsync("completed"));
        await vm.AssertSourceAsync(GuestState.Paused);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_lost_connection_pauses_it_until_both_are_connected_again()
    {
        await using var vm = await BegunAsync();
        await vm.SwitchOverAsync();
        Assert.Equal(new MigrationStage.PostcopyActive(), await vm.FollowAsync());
        Assert.Equal(new IncomingStage.PostcopyActive(), await vm.FollowIncomingAsync());
        await vm.SourceSays.AskAsync("migrate-pause");
        Assert.Equal(new MigrationStage.PostcopyPaused(), await vm.FollowAsync(new MigrationStage.PostcopyActive()));
        Assert.Equal(new IncomingStage.PostcopyPaused(), await vm.FollowIncomingAsync(new IncomingStage.PostcopyActive()));
        Assert.Equal(
            new MonitorResult.Failed("QEMU refused: Migration is not finalized yet", false), await vm.From.Hypervisor.ContinueAsync(vm.Source, default));
        Assert.Equal(new MigrationStage.PostcopyPaused(), await vm.Outgoing.CancelAsync(vm.Source, default));

        Assert.IsType<ListenResult.Listening>(await vm.Incoming.ListenAgainAsync(vm.Target, new ListenPlace.RunDirectory(), default));
        var ports = new ListenPlace.Ports("127.0.0.1", 20000, 29999);
        var at = Assert.IsType<ListenResult.Listening>(await vm.Incoming.ListenAgainAsync(vm.Target, ports, default)).At;
        Assert.Equal(new MonitorResult.Done(), await vm.Outgoing.RecoverAsync(vm.Source, at, default));
        Assert.Equal(new MonitorResult.Done(), await vm.Outgoing.RecoverAsync(vm.Source, at, default));
        var ended = vm.FollowAsync(new MigrationStage.PostcopyActive());
        await vm.AssertTargetCountsOnAsync();
        Assert.IsType<MigrationStage.Completed>(await ended);
        Assert.Equal(new IncomingStage.Completed(), await vm.FollowIncomingAsync(new IncomingStage.PostcopyActive()));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_target_that_listens_nowhere_leaves_it_paused()
    {
        await using var vm = await BegunAsync();
        await vm.SwitchOverAsync();
        Assert.Equal(new MigrationStage.PostcopyActive(), await vm.FollowAsync());
        await vm.KillTargetAsync();
        Assert.Equal(new MigrationStage.PostcopyPaused(), await vm.FollowAsync(new MigrationStage.PostcopyActive()));
        var outgoing = await vm.ImpatientAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(
            new MonitorResult.Failed($"the post-copy could not be connected to {vm.Address.Uri} within 1 s", false),
            await outgoing.RecoverAsync(vm.Source, vm.Address, default));
        Assert.Equal(new MigrationStage.PostcopyPaused(), await outgoing.FollowAsync(vm.Source, null, _ => { }, default));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_target_that_is_gone_when_it_begins_leaves_the_source_stopped_until_it_is_continued()
    {
        await using var vm = await BegunAsync();
        await vm.KillTargetAsync();
        await vm.SwitchOverAsync();
        Assert.Equal(new MigrationStage.Failed("QEMU does not say why"), await vm.FollowAsync(new MigrationStage.PostcopyActive()));
        Assert.Equal(["setup", "active", "STOP", "pre-switchover", "postcopy-active", "failed"], await vm.SourceSays.UntilAsync("failed"));
        await vm.AssertSourceAsync(GuestState.Paused);
        Assert.Equal(new MonitorResult.Done(), await vm.From.Hypervisor.ContinueAsync(vm.Source, default));
        await vm.AssertSourceCountsOnAsync();
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task It_is_refused_before_a_migration_has_begun()
    {
        await using var vm = new MigrationFixture { Options = new() { Postcopy = true } };
        await vm.RunAsync();
        Assert.Equal(
            new MonitorResult.Failed("QEMU refused: Enable postcopy with migrate_set_capability before the start of migration", false),
            await vm.Outgoing.StartPostcopyAsync(vm.Source, default));
        Assert.Equal(
            new MonitorResult.Failed("the migration is 'none': there is no post-copy to connect again", false),
            await vm.Outgoing.RecoverAsync(vm.Source, vm.Address, default));
    }

    /// <summary>Post-copy was asked for, and all stands at the switch-over.</summary>
    private static async Task<MigrationFixture> BegunAsync()
    {
        var vm = new MigrationFixture { Options = new() { Postcopy = true } };
        try
        {
            await vm.RunAsync();
            await vm.BeginAsync(Slow);
            Assert.Equal(new MonitorResult.Done(), await vm.Outgoing.StartPostcopyAsync(vm.Source, default));
            Assert.Equal(new MonitorResult.Done(), await vm.Outgoing.StartPostcopyAsync(vm.Source, default));
            Assert.Equal(new MigrationStage.PreSwitchover(), await vm.FollowAsync());
            return vm;
        }
        catch
        {
            await vm.DisposeAsync();
            throw;
        }
    }
}
