using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Qemu;

namespace VmSupervisor.Supervisor.Tests.Qemu.Migrations;

/// <summary>Ends that die, freeze or are given up.</summary>
[Collection("jobs of QEMU")]
[Trait("needs", "qemu")]
public sealed class MigrationFaultTests
{
    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_guest_that_comes_to_the_port_of_another_one_is_refused_and_runs_on()
    {
        await using var vm = new MigrationFixture { GuestThere = QemuFixture.Nano("hb_ms=50 hz=100", id: 8) };
        await vm.RunAsync();
        await vm.BeginAsync();
        Assert.IsType<IncomingStage.Failed>(await vm.FollowIncomingAsync());
        var stage = await vm.FollowAsync();
        if (stage is MigrationStage.PreSwitchover)
        {
            // All of it fitted into the socket's buffer.
            await vm.SwitchOverAsync();
            stage = await vm.FollowAsync(stage);
        }

        Assert.IsType<MigrationStage.Failed>(stage);
        await vm.AssertSourceCountsOnAsync();
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Cancelled_while_the_guest_runs_it_goes_on_and_can_be_migrated_again()
    {
        await using var vm = new MigrationFixture();
        await vm.RunAsync();
        Assert.Equal(new MigrationStage.Cancelled(), await vm.Outgoing.CancelAsync(vm.Source, default));
        await vm.BeginSlowlyAsync();
        await vm.CancelWhileItWritesAsync();
        await vm.AssertSourceCountsOnAsync();
        await AssertTargetEndedAsync(vm);

        await vm.ListenAsync();
        await vm.BeginToSwitchoverAsync();
        await vm.SwitchOverAsync();
        Assert.IsType<MigrationStage.Completed>(await vm.FollowAsync());
        Assert.Equal(new IncomingStage.Completed(), await vm.FollowIncomingAsync());
        await vm.AssertTargetCountsOnAsync();
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Cancelled_at_the_switch_over_QEMU_lets_the_guest_go_on_by_itself()
    {
        await using var vm = new MigrationFixture();
        await vm.RunAsync();
        await vm.BeginToSwitchoverAsync();
        await vm.SourceSays.UntilAsync("pre-switchover");
        Assert.Equal(["cancelling", "RESUME", "cancelled"], await vm.CancelAsync());
        await vm.AssertSourceCountsOnAsync();
        await AssertTargetEndedAsync(vm);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Cancelled_at_the_switch_over_a_guest_that_was_paused_stays_paused()
    {
        await using var vm = new MigrationFixture();
        await vm.RunAsync();
        Assert.IsType<MonitorResult.Done>(await vm.From.Hypervisor.PauseAsync(vm.Source, default));
        await vm.BeginToSwitchoverAsync();
        await vm.SourceSays.UntilAsync("pre-switchover");
        Assert.Equal(["cancelling", "cancelled"], await vm.CancelAsync());
        await vm.AssertSourceAsync(GuestState.Paused);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Cancelled_after_the_switch_over_the_source_runs_and_the_target_may_have_all_of_it_too()
    {
        await using var vm = new MigrationFixture();
        await vm.RunAsync();
        var relay = vm.Relay();
        await vm.BeginToSwitchoverAsync();
        relay.Hold();
        await vm.SwitchOverAndSendAsync();
        await vm.SourceSays.UntilAsync("device");
        Assert.Equal(["cancelling", "RESUME", "cancelled"], await vm.CancelAsync());
        await vm.AssertSourceCountsOnAsync();
        relay.Release();
        Assert.Equal(new IncomingStage.Completed(), await vm.FollowIncomingAsync());
        await vm.AssertTargetAsync(GuestState.Paused);
        Assert.Equal("", await vm.To.SerialAsync(vm.Target, ""));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_target_that_dies_while_the_guest_runs_fails_the_migration_and_the_guest_goes_on()
    {
        await using var vm = new MigrationFixture();
        await vm.RunAsync();
        await vm.BeginSlowlyAsync();
        var following = vm.FollowAsync();
        await vm.KillTargetAsync();
        Assert.Contains("socket", Assert.IsType<MigrationStage.Failed>(await following).Reason);
        await vm.AssertSourceCountsOnAsync();
        Assert.DoesNotContain("STOP", await vm.SourceSays.RestAsync());
        Assert.Equal(new IncomingStage.Failed("QEMU ended: it said nothing"), await vm.FollowIncomingAsync());
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_target_that_dies_at_the_switch_over_is_not_missed_until_then()
    {
        await using var vm = new MigrationFixture();
        await vm.RunAsync();
        await vm.BeginToSwitchoverAsync();
        await vm.KillTargetAsync();
        Assert.Equal(new MigrationStage.PreSwitchover(), await vm.FollowAsync());
        await vm.SourceSays.UntilAsync("pre-switchover");
        await vm.SwitchOverAsync();
        Assert.IsType<MigrationStage.Failed>(await vm.FollowAsync(new MigrationStage.PreSwitchover()));
        Assert.Equal(["device", "failed", "RESUME"], await vm.SourceSays.UntilAsync("RESUME"));
        await vm.AssertSourceCountsOnAsync();
        Assert.Equal(
            new MonitorResult.Failed("the migration is 'failed' and not at the switch-over", false), await vm.Outgoing.SwitchOverAsync(vm.Source, default));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_target_that_dies_after_the_switch_over_lets_the_source_go_on()
    {
        await using var vm = new MigrationFixture();
        await vm.RunAsync();
        var relay = vm.Relay();
        await vm.BeginToSwitchoverAsync();
        relay.Hold();
        await vm.SwitchOverAndSendAsync();
        await vm.SourceSays.UntilAsync("device");
        var following = vm.FollowAsync();
        await vm.KillTargetAsync();
        Assert.IsType<MigrationStage.Failed>(await following);
        Assert.Equal(["failed", "RESUME"], await vm.SourceSays.UntilAsync("RESUME"));
        await vm.AssertSourceCountsOnAsync();
    }

    [Theory(Timeout = QemuFixture.Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_source_that_dies_takes_the_target_with_it(bool atSwitchover)
    {
        await using var vm = new MigrationFixture();
        await vm.RunAsync();
        await (atSwitchover ? vm.BeginToSwitchoverAsync() : vm.BeginSlowlyAsync());
        var following = vm.FollowAsync(new MigrationStage.PreSwitchover());
        vm.From.Signal(vm.SourceProcess, Signal.Kill);
        await AssertTargetEndedAsync(vm);
        Assert.IsType<MigrationStage.Unreachable>(await following);
        Assert.True(Assert.IsType<MonitorResult.Failed>(await vm.Outgoing.SwitchOverAsync(vm.Source, default)).Unreachable);
        Assert.IsType<MigrationStage.Unreachable>(await vm.Outgoing.CancelAsync(vm.Source, default));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_target_without_a_source_waits_for_ever()
    {
        await using var vm = new MigrationFixture();
        await vm.RunAsync();
        var following = vm.FollowIncomingAsync();
        vm.From.Signal(vm.SourceProcess, Signal.Kill);
        await vm.From.Hypervisor.WaitForExitAsync(vm.Source, vm.SourceProcess, default);
        await vm.AssertTargetAsync(GuestState.Incoming);
        Assert.False(following.IsCompleted);
        await vm.KillTargetAsync();
        Assert.IsType<IncomingStage.Failed>(await following);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_frozen_target_keeps_it_active_until_it_is_cancelled()
    {
        await using var vm = new MigrationFixture();
        await vm.RunAsync();
        vm.To.Signal(vm.TargetProcess, Signal.Stop);
        await vm.BeginAsync();
        Assert.Equal(["setup", "active"], await vm.SourceSays.UntilAsync("active"));
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(1), TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => vm.Outgoing.FollowAsync(vm.Source, null, _ => { }, deadline.Token));
        Assert.Empty(await vm.SourceSays.RestAsync());
        await vm.CancelWhileItWritesAsync();
        await vm.AssertSourceCountsOnAsync();
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_frozen_source_is_unreachable()
    {
        await using var vm = new MigrationFixture();
        await vm.RunAsync();
        var outgoing = await vm.ImpatientAsync(TimeSpan.FromMilliseconds(200));
        vm.From.Signal(vm.SourceProcess, Signal.Stop);
        Assert.Equal(new MigrationStage.Unreachable("the monitor did not answer within 0.2 s"), await outgoing.FollowAsync(vm.Source, null, _ => { }, default));
        Assert.Equal(
            new MonitorResult.Failed("the monitor did not answer within 0.2 s", true),
            await outgoing.BeginAsync(vm.Source, new(vm.Address, vm.Options, new()), default));
    }

    private static async Task AssertTargetEndedAsync(MigrationFixture vm)
    {
        Assert.StartsWith("QEMU ended: ", Assert.IsType<IncomingStage.Failed>(await vm.FollowIncomingAsync()).Reason);
        Assert.Equal(new ProcessExit(1, null), await vm.To.Hypervisor.WaitForExitAsync(vm.Target, vm.TargetProcess, default));
    }
}
