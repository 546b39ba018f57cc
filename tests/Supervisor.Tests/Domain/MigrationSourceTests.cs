using VmSupervisor.Contracts;
using VmSupervisor.Domain;

namespace VmSupervisor.Supervisor.Tests.Domain;

/// <summary>A VM that is sent to another node.</summary>
public sealed class MigrationSourceTests
{
    private static readonly MigrationPlan Plan = new("a", "b", null, null, TimeSpan.FromMinutes(5), LateMigration.Abort, AutoConverge: false, Channels: 0);

    [Fact]
    public void The_target_is_asked_before_anything_is_reserved()
    {
        var vm = VmDriver.RunningVm();
        var migrate = vm.Ask(new Wish.Migrate(Plan));
        Assert.Equal(new Effect.CheckTarget(vm.Incarnation, OperationId.Parse(migrate), Plan), Assert.Single(vm.Effects.OfType<Effect.CheckTarget>()));
        Assert.Equal(default, vm.State.Moves.Reserved);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(7, 8)]
    public void The_number_that_is_reserved_is_above_any_that_either_node_has_seen(long highest, long reserved)
    {
        var vm = VmDriver.RunningVm();
        var migrate = OperationId.Parse(vm.Ask(new Wish.Migrate(Plan)));
        vm.See(n => new Observation.TargetChecked(n, migrate, new Incarnation(highest)));
        Assert.Equal(new MigrationSession(migrate, "a", "b", new Incarnation(1), new Incarnation(reserved)), Session(vm));
        Assert.Equal(reserved + 1, vm.State.NextNumber.Value);
        Assert.Equal(1, vm.Incarnation.Value);
    }

    [Fact]
    public void What_the_target_refuses_fails_the_migration_and_the_guest_runs_on()
    {
        var vm = VmDriver.RunningVm();
        var migrate = vm.Ask(new Wish.Migrate(Plan));
        vm.See(n => new Observation.TargetRefused(n, OperationId.Parse(migrate), "it has no bridge br0"));
        Assert.Equal((Ending.Failed, "it has no bridge br0"), (vm.EndOf(migrate).Ending, vm.EndOf(migrate).Detail));
        Assert.Null(vm.In<Running>().Activity);
        Assert.Empty(vm.State.Moves.Farewells);
    }

    [Fact]
    public void A_target_that_cannot_prepare_fails_the_migration_and_is_told()
    {
        var vm = VmDriver.RunningVm();
        var (migrate, session) = Begin(vm);
        vm.See(n => new Observation.PrepareFailed(n, session, "QEMU ended"));
        Assert.Equal(Ending.Failed, vm.EndOf(migrate).Ending);
        Assert.Equal(session, Assert.Single(vm.Effects.OfType<Effect.BidFarewell>()).Session);
        vm.See(n => new Observation.FarewellTaken(n, session));
        Assert.Empty(vm.Effects.OfType<Effect.BidFarewell>());
    }

    [Fact]
    public void All_sent_is_a_request_to_finish_and_only_its_verdict_is_sought()
    {
        var vm = VmDriver.RunningVm();
        var (migrate, session) = Send(vm);
        vm.See(n => new Observation.Sent(n, session));
        Assert.IsType<Event.FinishRequested>(vm.Journal[^1]);
        Assert.Equal(new Effect.SeekVerdict(vm.Incarnation, session, Commits: true), Assert.Single(vm.Effects.OfType<Effect.SeekVerdict>()));
        Assert.Empty(vm.Effects.OfType<Effect.Send>());
        Assert.False(vm.HasEnded(migrate));
    }

    [Theory]
    [InlineData("start")]
    [InlineData("shutdown")]
    [InlineData("resume")]
    [InlineData("migrate")]
    [InlineData("undefine")]
    public void In_a_handover_nothing_but_a_forced_stop_is_done(string kind)
    {
        var vm = VmDriver.RunningVm();
        HandOver(vm);
        vm.Ask(kind switch
        {
            "start" => new Wish.Start(false),
            "shutdown" => new Wish.Shutdown(null, null, false),
            "resume" => new Wish.Guest(GuestRequest.Resume),
            "migrate" => new Wish.Migrate(Plan),
            _ => new Wish.Undefine(Force: true),
        });
        Assert.Contains("whether it runs on node b is not known", vm.Decision<Decision.Refused>(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_handover_cannot_be_cancelled()
    {
        var vm = VmDriver.RunningVm();
        var (migrate, _) = HandOver(vm);
        vm.Ask(new Wish.Cancel(OperationId.Parse(migrate)));
        vm.Decision<Decision.Refused>();
    }

    [Fact]
    public void A_copy_that_runs_elsewhere_ends_this_one_and_leaves_a_tombstone()
    {
        var vm = VmDriver.RunningVm(hooks: true);
        var (migrate, session) = HandOver(vm);
        vm.See(n => new Observation.VerdictTold(n, session, Verdict.Running, ""));
        Assert.Equal(Ending.Succeeded, vm.EndOf(migrate).Ending);
        Assert.Equal(Cause.MigrateOut, vm.In<Stopping>().Cause);
        Ends(vm, hooks: true);
        Assert.Equal(("b", Cause.MigrateOut), (vm.State.Moves.Home, vm.In<CleanedUp>().Cause));
        Assert.Equal(session, Assert.Single(vm.Effects.OfType<Effect.BidFarewell>()).Session);
        vm.Ask(new Wish.Start(false));
        Assert.Contains("it was moved to node b", vm.Decision<Decision.Refused>(), StringComparison.Ordinal);
        vm.Ask(new Wish.Undefine());
        vm.In<Undefined>();
        Assert.Null(vm.State.Moves.Home);
    }

    [Fact]
    public void A_copy_that_is_committed_and_does_not_run_yet_keeps_this_one_waiting()
    {
        var vm = VmDriver.RunningVm();
        var (_, session) = HandOver(vm);
        vm.See(n => new Observation.VerdictTold(n, session, Verdict.Committed, ""));
        vm.Decision<Decision.Ignored>();
        Assert.NotNull(vm.In<Running>().Moves.Handover);
    }

    [Theory]
    [InlineData(nameof(Verdict.Aborted))]
    [InlineData(nameof(Verdict.Returned))]
    public void A_handover_that_comes_to_nothing_lets_the_guest_run_again(string verdict)
    {
        var vm = VmDriver.RunningVm();
        var (migrate, session) = HandOver(vm);
        vm.Guest(GuestState.Paused);
        vm.See(n => new Observation.VerdictTold(n, session, Enum.Parse<Verdict>(verdict), "why"));
        Assert.Single(vm.Effects.OfType<Effect.Continue>());
        Assert.False(vm.HasEnded(migrate));
        vm.See(n => new Observation.Continued(n));
        Assert.Equal(Ending.Failed, vm.EndOf(migrate).Ending);
        Assert.Equal((GuestState.Running, null), (vm.In<Running>().Life.Guest, vm.In<Running>().Activity));
    }

    [Fact]
    public void A_guest_that_was_paused_stays_paused_when_nothing_comes_of_it()
    {
        var vm = VmDriver.RunningVm();
        vm.Guest(GuestState.Paused);
        var (migrate, session) = HandOver(vm);
        vm.See(n => new Observation.VerdictTold(n, session, Verdict.Aborted, "why"));
        Assert.Equal(Ending.Failed, vm.EndOf(migrate).Ending);
        Assert.Empty(vm.Effects.OfType<Effect.Continue>());
        Assert.Null(vm.In<Running>().Activity);
    }

    [Fact]
    public void A_guest_that_cannot_run_again_is_a_problem_for_a_person()
    {
        var vm = VmDriver.RunningVm();
        var (migrate, session) = HandOver(vm);
        vm.See(n => new Observation.VerdictTold(n, session, Verdict.Aborted, "why"));
        vm.See(n => new Observation.ContinueFailed(n, "image lock"));
        Assert.Contains("image lock", Assert.Single(vm.In<Running>().Problems), StringComparison.Ordinal);
        Assert.Equal(Ending.Failed, vm.EndOf(migrate).Ending);
    }

    [Fact]
    public void A_cancel_while_it_is_sent_goes_through_qemu_and_is_told_to_the_target()
    {
        var vm = VmDriver.RunningVm();
        var (migrate, session) = Send(vm);
        var cancel = vm.Ask(new Wish.Cancel(OperationId.Parse(migrate)));
        Assert.Equal(Ending.Succeeded, vm.EndOf(cancel).Ending);
        Assert.Single(vm.Effects.OfType<Effect.CancelSend>());
        vm.See(n => new Observation.SendFailed(n, session, "cancelled"));
        vm.See(n => new Observation.Continued(n));
        Assert.Equal(Ending.Cancelled, vm.EndOf(migrate).Ending);
        Assert.Equal(session, Assert.Single(vm.Effects.OfType<Effect.BidFarewell>()).Session);
    }

    [Fact]
    public void A_cancel_wins_over_all_that_qemu_has_sent_meanwhile()
    {
        var vm = VmDriver.RunningVm();
        var (migrate, session) = Send(vm);
        vm.Ask(new Wish.Cancel(OperationId.Parse(migrate)));
        vm.See(n => new Observation.Sent(n, session));
        Assert.Null(vm.State.Moves.Handover);
        vm.See(n => new Observation.Continued(n));
        Assert.Equal(Ending.Cancelled, vm.EndOf(migrate).Ending);
    }

    [Fact]
    public void A_deadline_gives_up_or_lets_the_guest_stand_still()
    {
        var vm = VmDriver.RunningVm();
        var (migrate, session) = Send(vm);
        vm.DeadlinePasses();
        Assert.Single(vm.Effects.OfType<Effect.CancelSend>());
        vm.See(n => new Observation.SendFailed(n, session, "cancelled"));
        vm.See(n => new Observation.Continued(n));
        Assert.Equal(Ending.TimedOut, vm.EndOf(migrate).Ending);

        vm = VmDriver.RunningVm();
        Send(vm, Plan with { OnDeadline = LateMigration.StopAndCopy });
        vm.DeadlinePasses();
        Assert.Single(vm.Effects.OfType<Effect.Hurry>());
        Assert.Single(vm.Effects.OfType<Effect.Send>());
        Assert.Empty(vm.Effects.OfType<Effect.WaitUntil>());
    }

    [Fact]
    public void A_restart_of_the_supervisor_leaves_to_qemu_whether_it_goes_on()
    {
        var vm = VmDriver.RunningVm();
        var (migrate, session) = Send(vm);
        vm.IsRestarted(new Finding.Alive(VmDriver.Process, GuestState.Running));
        Assert.Single(vm.Effects.OfType<Effect.CancelSend>());
        vm.See(n => new Observation.Sent(n, session));
        Assert.NotNull(vm.State.Moves.Handover);
        Assert.False(vm.HasEnded(migrate));
    }

    [Fact]
    public void An_io_error_of_the_guest_ends_the_migration_first()
    {
        var vm = VmDriver.RunningVm();
        Send(vm);
        vm.Guest(GuestState.IoError);
        Assert.Single(vm.Effects.OfType<Effect.CancelSend>());
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("crash")]
    [InlineData("power-off")]
    public void A_life_that_ends_while_it_is_sent_is_not_sent_and_the_target_is_told(string how)
    {
        var vm = VmDriver.RunningVm();
        var (migrate, session) = Send(vm);
        if (how == "stop")
            vm.Ask(new Wish.Stop(false));
        else if (how == "crash")
            vm.Exits();
        else
            vm.Guest(GuestState.Shutdown);
        vm.In<Stopping>();
        Assert.NotEqual(Ending.Succeeded, vm.EndOf(migrate).Ending);
        Assert.Equal(session, Assert.Single(vm.Effects.OfType<Effect.BidFarewell>()).Session);
        Assert.Null(vm.State.Moves.Handover);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Doubt_outlives_the_life_and_refuses_starts(bool forced)
    {
        var vm = VmDriver.RunningVm();
        var (migrate, session) = HandOver(vm);
        if (forced)
            vm.Ask(new Wish.Stop(false));
        else
            vm.Exits();

        // What a person wants down is not to be committed elsewhere; what crashed here may be the better for it.
        Assert.Equal(!forced, Assert.Single(vm.Effects.OfType<Effect.SeekVerdict>()).Commits);
        Ends(vm);
        vm.In<CleanedUp>();
        Assert.Single(vm.Effects.OfType<Effect.SeekVerdict>());
        vm.Ask(new Wish.Start(false));
        Assert.Contains("is not known", vm.Decision<Decision.Refused>(), StringComparison.Ordinal);
        Assert.False(vm.HasEnded(migrate));

        vm.See(new Observation.VerdictTold(session.From, session, Verdict.Aborted, "silence"));
        Assert.Equal(Ending.Failed, vm.EndOf(migrate).Ending);
        vm.Ask(new Wish.Start(false));
        Assert.Equal(session.To.Next(), vm.In<Starting>().Life.Number);
    }

    [Fact]
    public void Doubt_that_ends_well_hands_over_a_vm_that_is_down()
    {
        var vm = VmDriver.RunningVm();
        var (migrate, session) = HandOver(vm);
        vm.IsRestarted(new Finding.Gone(HostRebooted: true));
        Ends(vm);
        vm.See(new Observation.VerdictTold(session.From, session, Verdict.Committed, ""));
        vm.Decision<Decision.Ignored>();
        vm.See(new Observation.VerdictTold(session.From, session, Verdict.Running, ""));
        Assert.Equal(("b", Cause.MigrateOut), (vm.State.Moves.Home, vm.In<CleanedUp>().Cause));
        Assert.Equal(Ending.Succeeded, vm.EndOf(migrate).Ending);
        Assert.Empty(vm.Effects.OfType<Effect.SeekVerdict>());
    }

    [Fact]
    public void No_restart_policy_starts_what_is_in_doubt()
    {
        var vm = VmDriver.RunningVm(change: d => d with { Restart = VmSupervisor.Contracts.Definitions.RestartPolicy.Always });
        HandOver(vm);
        vm.Exits();
        Ends(vm);
        Assert.Null(vm.In<CleanedUp>().Pending);
    }

    [Fact]
    public void A_person_decides_that_the_target_is_lost_and_it_is_written_down_who()
    {
        var vm = VmDriver.RunningVm();
        var (migrate, _) = HandOver(vm);
        var resolve = vm.Ask(new Wish.LoseTarget());
        Assert.Equal(Ending.Succeeded, vm.EndOf(resolve).Ending);
        var decided = Assert.Single(vm.Journal.OfType<Event.HandoverDecided>());
        Assert.Equal((Verdict.Aborted, false), (decided.Verdict, decided.Told));
        Assert.Contains("tester", decided.Detail, StringComparison.Ordinal);
        vm.See(n => new Observation.Continued(n));
        Assert.Equal(Ending.Failed, vm.EndOf(migrate).Ending);
    }

    [Fact]
    public void A_verdict_on_another_session_changes_nothing()
    {
        var vm = VmDriver.RunningVm();
        var (_, session) = HandOver(vm);
        vm.See(n => new Observation.VerdictTold(n, session with { To = new Incarnation(99) }, Verdict.Running, ""));
        vm.Decision<Decision.Ignored>();
        Assert.NotNull(vm.In<Running>().Moves.Handover);
    }

    internal static MigrationSession? Session(VmDriver vm) => (vm.In<Running>().Activity as Activity.Migration)?.Session;

    private static (string Operation, MigrationSession Session) Begin(VmDriver vm, MigrationPlan? plan = null)
    {
        var migrate = vm.Ask(new Wish.Migrate(plan ?? Plan));
        vm.See(n => new Observation.TargetChecked(n, OperationId.Parse(migrate), default));
        return (migrate, Session(vm)!);
    }

    private static (string Operation, MigrationSession Session) Send(VmDriver vm, MigrationPlan? plan = null)
    {
        var begun = Begin(vm, plan);
        vm.See(n => new Observation.TargetPrepared(n, begun.Session, "tcp:b:49152"));
        Assert.Single(vm.Effects.OfType<Effect.Send>());
        return begun;
    }

    private static (string Operation, MigrationSession Session) HandOver(VmDriver vm)
    {
        var sent = Send(vm);
        vm.See(n => new Observation.Sent(n, sent.Session));
        return sent;
    }

    /// <summary>From a life that ends to its cleanup.</summary>
    private static void Ends(VmDriver vm, bool hooks = false)
    {
        if (vm.State is Stopping { Life.Exit: null })
            vm.Exits();
        vm.Releases();
        if (hooks)
            vm.HookEnds(HookPhase.PostStop);
        vm.In<CleanedUp>();
    }
}
