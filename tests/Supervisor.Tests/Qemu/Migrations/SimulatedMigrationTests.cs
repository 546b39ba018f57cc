using VmSupervisor.Actors.TestKit;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;
using VmSupervisor.TestKit;

namespace VmSupervisor.Supervisor.Tests.Qemu.Migrations;

/// <summary>The simulated migrations do what QEMU was seen to do.</summary>
public sealed class SimulatedMigrationTests
{
    private static readonly ProcessKey Source = new(new(7), new(1), "/run/a"), Target = new(new(7), new(2), "/run/b");
    private readonly SteppableDispatcher dispatcher = new(1);
    private readonly SimulatedHypervisor from, to;
    private readonly SimulatedMigrations outgoing, incoming;

    public SimulatedMigrationTests()
    {
        var wire = new SimulatedWire();
        (from, to) = (new(dispatcher.Time), new(dispatcher.Time));
        (outgoing, incoming) = (new(from, dispatcher.Time, wire), new(to, dispatcher.Time, wire));
    }

    private GuestState SourceGuest => from.Of(Source.Vm).Guest;

    private GuestState TargetGuest => to.Of(Target.Vm).Guest;

    [Fact]
    public void A_guest_goes_over_and_waits_on_the_target()
    {
        BeginToSwitchover();
        Assert.Equal((GuestState.Paused, GuestState.Incoming), (SourceGuest, TargetGuest));
        SwitchOver();
        Assert.IsType<MigrationStage.Completed>(Follow(new MigrationStage.PreSwitchover()));
        Assert.IsType<IncomingStage.Completed>(FollowIncoming());
        Assert.Equal((GuestState.Paused, GuestState.Paused), (SourceGuest, TargetGuest));
        Assert.IsType<MigrationStage.Completed>(Run(() => outgoing.CancelAsync(Source, default)));
    }

    [Fact]
    public void A_target_that_dies_at_the_switch_over_is_not_missed_until_then()
    {
        BeginToSwitchover();
        to.Kill(to.Of(Target.Vm));
        Assert.IsType<MigrationStage.PreSwitchover>(Follow());
        SwitchOver();
        Assert.IsType<MigrationStage.Failed>(Follow());
        Assert.Equal(GuestState.Running, SourceGuest);
        Assert.IsType<IncomingStage.Failed>(FollowIncoming());
    }

    [Fact]
    public void A_way_back_that_is_lost_leaves_the_source_running_and_the_target_complete()
    {
        outgoing.ReturnPathLost = true;
        BeginToSwitchover();
        SwitchOver();
        Assert.IsType<MigrationStage.Failed>(Follow());
        Assert.IsType<IncomingStage.Completed>(FollowIncoming());
        Assert.Equal((GuestState.Running, GuestState.Paused), (SourceGuest, TargetGuest));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_peer_that_says_nothing_keeps_it_active_until_it_is_cancelled(bool blackHole)
    {
        Launch();
        outgoing.BlackHole = blackHole;
        to.Of(Target.Vm).Hung = !blackHole;
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2), dispatcher.Time);
        Assert.ThrowsAny<OperationCanceledException>(() => Run(() => outgoing.FollowAsync(Source, null, _ => { }, deadline.Token)));
        var end = Run(() => outgoing.CancelAsync(Source, default));
        Assert.Equal(blackHole, end is MigrationStage.Failed);
        Assert.Equal(!blackHole, end is MigrationStage.Cancelled);
        Assert.Equal(GuestState.Running, SourceGuest);
    }

    [Fact]
    public void Cancelled_at_the_switch_over_the_source_goes_on_and_the_target_ends()
    {
        BeginToSwitchover();
        Assert.IsType<MigrationStage.Cancelled>(Run(() => outgoing.CancelAsync(Source, default)));
        Assert.Equal(GuestState.Running, SourceGuest);
        Assert.IsType<IncomingStage.Failed>(FollowIncoming());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_post_copy_pauses_when_its_target_dies_and_fails_stopped_when_it_was_dead_before(bool before)
    {
        Launch();
        Assert.IsType<MonitorResult.Done>(Run(() => outgoing.StartPostcopyAsync(Source, default)));
        Assert.IsType<MigrationStage.PreSwitchover>(Follow());
        if (before)
            to.Kill(to.Of(Target.Vm));
        SwitchOver();
        if (!before)
        {
            Assert.IsType<IncomingStage.PostcopyActive>(FollowIncoming());
            Assert.IsType<MigrationStage.PostcopyActive>(Run(() => outgoing.CancelAsync(Source, default)));
            to.Kill(to.Of(Target.Vm));
        }

        var stage = Follow(new MigrationStage.PostcopyActive());
        Assert.Equal(before, stage is MigrationStage.Failed);
        Assert.Equal(!before, stage is MigrationStage.PostcopyPaused);
        Assert.Equal(GuestState.Paused, SourceGuest);
    }

    private void Launch()
    {
        var definition = new VmDefinition { Id = Source.Vm, Name = "vm-7", Memory = 16 << 20 };
        Assert.IsType<LaunchResult.Launched>(Run(() => from.LaunchAsync(new(Source, definition), default)));
        Assert.IsType<MonitorResult.Done>(Run(() => from.ContinueAsync(Source, default)));
        Assert.IsType<LaunchResult.Launched>(Run(() => to.LaunchAsync(new(Target, definition) { Incoming = true }, default)));
        var at = Assert.IsType<ListenResult.Listening>(Run(() => incoming.ListenAsync(Target, new(new ListenPlace.RunDirectory(), new()), default))).At;
        Assert.IsType<MonitorResult.Done>(Run(() => outgoing.BeginAsync(Source, new(at, new(), new()), default)));
    }

    private void BeginToSwitchover()
    {
        Launch();
        Assert.IsType<MigrationStage.PreSwitchover>(Follow());
    }

    private void SwitchOver() => Assert.IsType<MonitorResult.Done>(Run(() => outgoing.SwitchOverAsync(Source, default)));

    private MigrationStage Follow(MigrationStage? known = null) => Run(() => outgoing.FollowAsync(Source, known, _ => { }, default));

    private IncomingStage FollowIncoming() => Run(() => incoming.FollowIncomingAsync(Target, null, default));

    private T Run<T>(Func<Task<T>> run) => dispatcher.Run(dispatcher.Start(run), TimeSpan.FromHours(2));
}
