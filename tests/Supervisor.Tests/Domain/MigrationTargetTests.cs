using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;

namespace VmSupervisor.Supervisor.Tests.Domain;

/// <summary>A VM that another node sends.</summary>
public sealed class MigrationTargetTests
{
    private static readonly VmDefinition Definition = new() { Id = new VmId(104), Name = "web-1", Memory = 1 << 20, Disks = [new DiskDefinition { Path = "/images/0" }] };

    private static readonly MigrationPlan Plan = new("a", "b", null, null, null, LateMigration.Abort, AutoConverge: false, Channels: 0);

    private static readonly MigrationSession Session = new(OperationId.Parse("migrate-1"), "a", "b", new Incarnation(4), new Incarnation(5));

    [Fact]
    public void It_prepares_listens_and_receives_under_the_number_that_was_reserved()
    {
        var vm = new VmDriver();
        var receive = vm.Ask(new Wish.Receive(Session, Definition, Plan, WasRunning: true));
        Assert.Equal(5, vm.In<Starting>().Life.Number.Value);
        Assert.Single(vm.Effects.OfType<Effect.WatchPeer>());
        vm.Launches();
        Assert.Equal(GuestState.Incoming, vm.In<Starting>().Life.Guest);
        Assert.Single(vm.Effects.OfType<Effect.Listen>());
        vm.See(n => new Observation.Listening(n, "unix:/run/in"));
        Assert.Single(vm.Effects.OfType<Effect.Receive>());
        vm.See(n => new Observation.Received(n));
        Assert.Equal(StartPhase.Received, vm.In<Starting>().Phase);
        Assert.Single(vm.Effects.OfType<Effect.WatchPeer>());
        Assert.False(vm.HasEnded(receive));
        Assert.Null(Receptions.AnswerTo(vm.State, Session));
    }

    [Fact]
    public void What_lives_here_or_rests_here_is_not_received_over()
    {
        foreach (var vm in new[] { VmDriver.RunningVm(), VmDriver.Defined() })
        {
            vm.Ask(new Wish.Receive(Session, Definition, Plan, WasRunning: true));
            Assert.Contains("this node has a VM of this id", vm.Decision<Decision.Refused>(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_number_that_was_seen_before_is_refused()
    {
        var vm = new VmDriver();
        vm.Hear(new PeerNote.Ask(Session with { To = new Incarnation(9) }));
        vm.Ask(new Wish.Receive(Session, Definition, Plan, WasRunning: true));
        Assert.Contains("stale", vm.Decision<Decision.Refused>(), StringComparison.Ordinal);
    }

    [Fact]
    public void Finish_commits_by_one_append_before_the_guest_is_let_loose()
    {
        var vm = Received(out var receive);
        vm.Hear(new PeerNote.Finish(Session));
        Assert.Equal(Verdict.Committed, Receptions.AnswerTo(vm.State, Session)?.Verdict);
        Assert.Single(vm.Effects.OfType<Effect.Continue>());
        Assert.Empty(vm.Effects.OfType<Effect.WatchPeer>());
        vm.See(n => new Observation.Continued(n));
        Assert.Equal(Verdict.Running, Receptions.AnswerTo(vm.State, Session)?.Verdict);
        Assert.Equal(GuestState.Running, vm.In<Running>().Life.Guest);
        Assert.Equal(Ending.Succeeded, vm.EndOf(receive).Ending);
    }

    [Fact]
    public void Finish_that_comes_before_all_is_received_commits_when_it_is()
    {
        var vm = Receiving(out _);
        vm.Hear(new PeerNote.Finish(Session));
        Assert.Null(Receptions.AnswerTo(vm.State, Session));
        vm.Hear(new PeerNote.Finish(Session));
        vm.Decision<Decision.Ignored>();
        vm.See(n => new Observation.Received(n));
        Assert.Equal(Verdict.Committed, Receptions.AnswerTo(vm.State, Session)?.Verdict);
    }

    [Fact]
    public void A_guest_that_was_paused_is_not_let_loose()
    {
        var vm = Received(out _, wasRunning: false);
        vm.Hear(new PeerNote.Finish(Session));
        Assert.Equal(Verdict.Running, Receptions.AnswerTo(vm.State, Session)?.Verdict);
        Assert.Equal(GuestState.Paused, vm.In<Running>().Life.Guest);
        Assert.DoesNotContain(vm.Journal, e => e is Event.GuestContinued);
    }

    public static TheoryData<string> OnTrial => ["silence", "abort", "stop", "restart", "host", "exit", "failed"];

    [Theory, MemberData(nameof(OnTrial))]
    public void Before_the_commit_whatever_ends_it_aborts_it_and_leaves_nothing(string how)
    {
        var vm = Receiving(out var receive);
        switch (how)
        {
            case "silence":
                vm.See(n => new Observation.PeerLost(n, "node a has been silent for 2 s"));
                break;
            case "abort":
                vm.Hear(new PeerNote.Abort(Session));
                break;
            case "stop":
                vm.Ask(new Wish.Stop(false));
                break;
            case "restart":
                vm.IsRestarted(new Finding.Alive(VmDriver.Process, GuestState.Incoming));
                break;
            case "host":
                vm.IsRestarted(new Finding.Gone(HostRebooted: true));
                break;
            case "exit":
                vm.Exits();
                break;
            default:
                vm.See(n => new Observation.ReceiveFailed(n, "the stream ended"));
                break;
        }

        Assert.Equal(Verdict.Aborted, Receptions.AnswerTo(vm.State, Session)?.Verdict);
        Assert.Empty(vm.Effects.OfType<Effect.WatchPeer>());
        if (vm.In<Stopping>().Life.Exit is null)
            vm.Exits();
        vm.Releases();
        vm.In<Undefined>();
        Assert.NotEqual(Ending.Succeeded, vm.EndOf(receive).Ending);
        Assert.Single(vm.Journal.OfType<Event.CleanedUp>());

        // Late, and known for what it is.
        vm.Hear(new PeerNote.Finish(Session));
        vm.Decision<Decision.Ignored>();
        Assert.Equal(Verdict.Aborted, Receptions.AnswerTo(vm.State, Session)?.Verdict);
        vm.Ask(new Wish.Receive(Session, Definition, Plan, WasRunning: true));
        vm.Decision<Decision.Refused>();
    }

    [Fact]
    public void Silence_after_the_commit_is_nothing()
    {
        var vm = Received(out _);
        vm.Hear(new PeerNote.Finish(Session));
        vm.See(n => new Observation.PeerLost(n, "silent"));
        vm.Decision<Decision.Ignored>();
        vm.Hear(new PeerNote.Abort(Session));
        vm.Decision<Decision.Ignored>();
        Assert.Equal(Verdict.Committed, Receptions.AnswerTo(vm.State, Session)?.Verdict);
    }

    [Fact]
    public void A_stale_silence_never_touches_a_later_life()
    {
        var vm = Receiving(out _);
        vm.Hear(new PeerNote.Abort(Session));
        vm.Exits();
        vm.Releases();
        var next = Session with { Id = OperationId.Parse("migrate-2"), To = new Incarnation(6) };
        vm.Ask(new Wish.Receive(next, Definition, Plan, WasRunning: true));
        vm.Launches();
        vm.See(new Observation.PeerLost(new Incarnation(5), "silent"));
        vm.Decision<Decision.Ignored>();
        vm.Hear(new PeerNote.Abort(Session));
        vm.Decision<Decision.Ignored>();
        Assert.Equal(StartPhase.Listen, vm.In<Starting>().Phase);
    }

    [Fact]
    public void A_session_that_was_never_prepared_is_closed_when_it_is_asked_for_so_that_a_late_prepare_is_refused()
    {
        var vm = new VmDriver();
        vm.Hear(new PeerNote.Ask(Session));
        Assert.IsType<Event.SessionClosed>(Assert.Single(vm.Journal));
        Assert.Equal(Verdict.Aborted, Receptions.AnswerTo(vm.State, Session)?.Verdict);
        vm.Ask(new Wish.Receive(Session, Definition, Plan, WasRunning: true));
        vm.Decision<Decision.Refused>();
    }

    [Fact]
    public void A_guest_that_is_refused_to_run_goes_back_once_its_process_is_gone()
    {
        var vm = Received(out var receive);
        vm.Hear(new PeerNote.Finish(Session));
        vm.See(n => new Observation.ContinueFailed(n, "image lock"));
        Assert.Equal(Verdict.Committed, Receptions.AnswerTo(vm.State, Session)?.Verdict);
        vm.Exits();
        Assert.Equal(Verdict.Returned, Receptions.AnswerTo(vm.State, Session)?.Verdict);
        vm.Releases();
        vm.In<Undefined>();
        Assert.Equal(Ending.Failed, vm.EndOf(receive).Ending);
    }

    [Fact]
    public void A_process_that_ends_once_cont_was_sent_is_a_crash_of_this_nodes_vm()
    {
        var vm = Received(out _);
        vm.Hear(new PeerNote.Finish(Session));
        vm.Exits();
        Assert.Equal(Verdict.Running, Receptions.AnswerTo(vm.State, Session)?.Verdict);
        vm.Releases();
        Assert.Equal(Cause.Crash, vm.In<CleanedUp>().Cause);
    }

    [Fact]
    public void After_a_restart_behind_the_commit_the_source_is_asked_before_the_guest_runs()
    {
        var vm = Received(out _);
        vm.Hear(new PeerNote.Finish(Session));
        vm.IsRestarted(new Finding.Alive(VmDriver.Process, GuestState.Paused));
        Assert.Single(vm.Effects.OfType<Effect.AskSource>());
        vm.See(n => new Observation.SourceAnswered(n, Waits: true));
        vm.See(n => new Observation.Continued(n));
        vm.In<Running>();

        vm = Received(out _);
        vm.Hear(new PeerNote.Finish(Session));
        vm.IsRestarted(new Finding.Alive(VmDriver.Process, GuestState.Paused));
        vm.See(n => new Observation.SourceAnswered(n, Waits: false));
        vm.Exits();
        Assert.Equal(Verdict.Returned, Receptions.AnswerTo(vm.State, Session)?.Verdict);
    }

    [Fact]
    public void One_that_ends_before_it_was_let_loose_goes_back()
    {
        var vm = Received(out _);
        vm.Hear(new PeerNote.Finish(Session));
        vm.IsRestarted(new Finding.Alive(VmDriver.Process, GuestState.Paused));
        vm.Exits();
        Assert.Equal(Verdict.Returned, Receptions.AnswerTo(vm.State, Session)?.Verdict);

        vm = Received(out _);
        vm.Hear(new PeerNote.Finish(Session));
        vm.IsRestarted(new Finding.Alive(VmDriver.Process, GuestState.Paused));
        vm.IsRestarted(new Finding.Gone(HostRebooted: true));
        Assert.Equal(Verdict.Returned, Receptions.AnswerTo(vm.State, Session)?.Verdict);
    }

    [Fact]
    public void After_a_restart_a_guest_that_runs_needs_no_leave()
    {
        var vm = Received(out _);
        vm.Hear(new PeerNote.Finish(Session));
        vm.IsRestarted(new Finding.Alive(VmDriver.Process, GuestState.Running));
        vm.In<Running>();
        Assert.Equal(Verdict.Running, Receptions.AnswerTo(vm.State, Session)?.Verdict);
    }

    [Fact]
    public void A_verdict_is_kept_until_it_is_acknowledged()
    {
        var vm = Received(out _);
        vm.Hear(new PeerNote.Finish(Session));
        vm.See(n => new Observation.Continued(n));
        vm.Hear(new PeerNote.Acknowledge(Session));
        Assert.Empty(vm.State.Moves.Verdicts);
        vm.Hear(new PeerNote.Acknowledge(Session));
        vm.Decision<Decision.Ignored>();
        vm.In<Running>();
    }

    [Fact]
    public void A_tombstone_is_replaced_and_comes_back_when_nothing_comes()
    {
        var vm = VmDriver.RunningVm();
        var migrate = OperationId.Parse(vm.Ask(new Wish.Migrate(new("b", "a", null, null, null, LateMigration.Abort, false, 0))));
        vm.See(n => new Observation.TargetChecked(n, migrate, default));
        var away = MigrationSourceTests.Session(vm)!;
        vm.See(n => new Observation.TargetPrepared(n, away, "x"));
        vm.See(n => new Observation.Sent(n, away));
        vm.See(n => new Observation.VerdictTold(n, away, Verdict.Running, ""));
        vm.Exits();
        vm.Releases();
        Assert.Equal("a", vm.State.Moves.Home);

        var back = new MigrationSession(OperationId.Parse("back"), "a", "b", away.To, away.To.Next());
        vm.Ask(new Wish.Receive(back, Definition, Plan, WasRunning: true));
        Assert.Null(vm.In<Starting>().Moves.Home);
        vm.See(n => new Observation.PeerLost(n, "silent"));
        vm.See(n => new Observation.Extinguished(n, ProcessExit.Unknowable));
        vm.Releases();
        Assert.Equal(("a", Cause.MigrateOut), (vm.In<CleanedUp>().Moves.Home, vm.In<CleanedUp>().Cause));
        Assert.Equal(back.To, vm.State.Last);
    }

    [Theory]
    [InlineData("start")]
    [InlineData("define")]
    [InlineData("undefine")]
    [InlineData("cancel")]
    public void A_guest_on_trial_is_nobodys_to_command_but_to_stop(string kind)
    {
        var vm = Receiving(out var receive);
        vm.Ask(kind switch
        {
            "start" => new Wish.Start(false),
            "define" => new Wish.Define(Definition),
            "undefine" => new Wish.Undefine(Force: true),
            _ => new Wish.Cancel(OperationId.Parse(receive)),
        });
        Assert.Contains("is not this node's yet", vm.Decision<Decision.Refused>(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pre_start_hook_that_objects_sends_it_back()
    {
        var vm = new VmDriver();
        vm.Ask(new Wish.Receive(Session, Definition with { Hooks = ["/hook"] }, Plan, WasRunning: true));
        vm.HookEnds(HookPhase.PreStart, HookStatus.Failed);
        Assert.Equal(Verdict.Aborted, Receptions.AnswerTo(vm.State, Session)?.Verdict);
        vm.HookEnds(HookPhase.PostStop);
        vm.In<Undefined>();
    }

    private static VmDriver Receiving(out string receive, bool wasRunning = true)
    {
        var vm = new VmDriver();
        receive = vm.Ask(new Wish.Receive(Session, Definition, Plan, wasRunning));
        vm.Launches();
        vm.See(n => new Observation.Listening(n, "unix:/run/in"));
        return vm;
    }

    private static VmDriver Received(out string receive, bool wasRunning = true)
    {
        var vm = Receiving(out receive, wasRunning);
        vm.See(n => new Observation.Received(n));
        return vm;
    }
}
