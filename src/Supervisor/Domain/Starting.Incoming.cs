namespace VmSupervisor.Domain;

/// <summary>A life whose guest comes from another node; see <see cref="Receptions"/>.</summary>
internal sealed partial record Starting
{
    private Incoming From => Life.Incoming ?? throw new InvalidOperationException("it began here");

    /// <summary>What concerns a life on trial; null when it is an ordinary observation.</summary>
    private Decision? ObserveIncoming(Observation observation, DateTimeOffset at, Limits limits) => (observation, Phase) switch
    {
        (Observation.Listening listening, StartPhase.Listen) => new Draft(this)
            .Add(new Event.ListenBegan(at, Life.Number, listening.Address))
            .Accept(),
        (Observation.Received, StartPhase.Receive) => Received(at),
        (Observation.ReceiveFailed failed, StartPhase.Listen or StartPhase.Receive) => GiveBack(at, failed.Reason, limits),
        (Observation.PeerLost lost, _) when Life.IsOnTrial => GiveBack(at, lost.Reason, limits),
        (Observation.BringUpFailed failed, StartPhase.BringUp) => GiveBack(at, failed.Reason, limits),
        (Observation.HookEnded { Phase: HookPhase.PreStart, Outcome.Status: not HookStatus.Succeeded } hook, StartPhase.PreStart) =>
            GiveBack(at, $"pre-start hook: {hook.Outcome.Detail}", limits, new Event.HookEnded(at, Life.Number, hook.Phase, hook.Outcome)),
        (Observation.ProcessExited exited, _) when Life.IsOnTrial =>
            GiveBack(at, $"QEMU ended before the guest was received: {exited.Exit}", limits, new Event.ProcessExited(at, Life.Number, exited.Exit)),
        (Observation.Recovered, _) when Life.IsOnTrial => RestartedOnTrial((Observation.Recovered)observation, at, limits),

        (Observation.ProcessExited exited, StartPhase.Confirm) => EndedUnasked(exited.Exit, at, $"QEMU ended before it was let loose: {exited.Exit}", limits),
        (Observation.ProcessExited exited, StartPhase.Continue) =>
            EndedOnceCommitted(exited.Exit, at, Cause.Crash, $"QEMU ended during the start: {exited.Exit}", limits),
        (Observation.ContinueFailed failed, StartPhase.Continue) => Return(new Draft(this), at, failed.Reason, limits),
        (Observation.Continued, StartPhase.Continue) => Up(
            Decided(new Draft(this).Add(new Event.GuestContinued(at, Life.Number)), at, Verdict.Running, ""), at),
        (Observation.SourceAnswered { Waits: true }, StartPhase.Confirm) =>
            new Draft(this).Add(new Event.StartAdvanced(at, Life.Number, StartPhase.Continue)).Accept(),
        (Observation.SourceAnswered, StartPhase.Confirm) => Return(new Draft(this), at, "the source does not wait for it any more", limits),
        _ => null,
    };

    /// <summary>The VM is this node's, by this one append. What the guest did before, it does again.</summary>
    public Decision Commit(Draft draft, DateTimeOffset at)
    {
        draft.Add(new Event.MigrationCommitted(at, Life.Number, From.Session));
        return From.WasRunning
            ? draft.Add(new Event.StartAdvanced(at, Life.Number, StartPhase.Continue)).Accept()
            : Up(Decided(draft.Add(new Event.GuestChanged(at, Life.Number, GuestState.Paused, "it was paused at the source")), at, Verdict.Running, ""), at);
    }

    /// <summary>It is not this node's and never will be: aborted and ended by one append.</summary>
    public Decision GiveBack(DateTimeOffset at, string why, Limits limits, Event? first = null)
    {
        var draft = first is null ? new Draft(this) : new Draft(this).Add(first);
        return Fail(Decided(draft, at, Verdict.Aborted, why), at, Cause.MigrateIn, why, limits);
    }

    private Decision Received(DateTimeOffset at)
    {
        var draft = new Draft(this).Add(new Event.StartAdvanced(at, Life.Number, StartPhase.Received));
        return From.FinishAwaited ? Commit(draft, at) : draft.Accept();
    }

    private Draft Decided(Draft draft, DateTimeOffset at, Verdict verdict, string detail) =>
        draft.Add(new Event.VerdictReached(at, Life.Number, From.Session, verdict, detail));

    /// <summary>It was committed, and only the source was still to be asked whether a person had decided otherwise there.</summary>
    private Decision LoseSource(Input.Asked asked) => Phase == StartPhase.Confirm
        ? new Draft(this)
            .Add(new Event.StartAdvanced(asked.At, Life.Number, StartPhase.Continue))
            .End(asked.At, asked.Operation, Ending.Succeeded, $"node {From.Session.Source} counts as lost, and the guest runs here")
            .Accept()
        : Refuse("it does not wait for its source");

    /// <summary>Its verdict follows when its process is gone: until then two copies could be told apart by nobody.</summary>
    private Decision Return(Draft draft, DateTimeOffset at, string why, Limits limits) => Fail(draft, at, Cause.MigrateIn, $"it goes back: {why}", limits);

    /// <summary>Once cont was sent, answered or not, the guest may have run: its end is a crash of this node's VM.</summary>
    private Decision EndedOnceCommitted(ProcessExit exit, DateTimeOffset at, Cause cause, string detail, Limits limits) => Fail(
        Decided(new Draft(this).Add(new Event.ProcessExited(at, Life.Number, exit)), at, Verdict.Running, "it ended when it was let loose"), at, cause, detail, limits);

    /// <summary>Found paused after a restart, it has not run, and was not let loose since: the source's copy is the last good one.</summary>
    private Decision EndedUnasked(ProcessExit exit, DateTimeOffset at, string why, Limits limits) =>
        Return(Decided(new Draft(this).Add(new Event.ProcessExited(at, Life.Number, exit)), at, Verdict.Returned, why), at, why, limits);

    /// <summary>Committed, and perhaps not let loose: a guest that runs needs no leave, another one asks for it again.</summary>
    private Decision RestartedOnceCommitted(Finding finding, DateTimeOffset at, Limits limits)
    {
        if (finding is Finding.Gone && Phase == StartPhase.Confirm)
            return EndedUnasked(ProcessExit.Unknowable, at, "QEMU ended before it was let loose", limits);
        if (finding is Finding.Gone gone)
        {
            return gone.HostRebooted
                ? EndedOnceCommitted(ProcessExit.Unknowable, at, Cause.HostReboot, "the host was rebooted during the start", limits)
                : EndedOnceCommitted(ProcessExit.Unknowable, at, Cause.Crash, "QEMU ended during the start", limits);
        }

        var alive = (Finding.Alive)finding;
        var draft = new Draft(this).Add(new Event.Adopted(at, Life.Number, alive.Process));
        return alive.Guest == GuestState.Running
            ? Up(Decided(draft.Add(new Event.GuestContinued(at, Life.Number)), at, Verdict.Running, ""), at)
            : draft.Add(new Event.StartAdvanced(at, Life.Number, StartPhase.Confirm)).Accept();
    }

    /// <summary>A stop of a guest that is not this node's yet sends it back; one that is, and has not run, is this node's all the same.</summary>
    private Draft Unreceived(Draft draft, Input.Asked asked) => Life.Incoming switch
    {
        null => draft,
        { Committed: false } => Decided(draft, asked.At, Verdict.Aborted, $"{asked.Operation.Kind} by {asked.Operation.By}"),
        _ when Moves.VerdictOn(From.Session)?.Verdict == Verdict.Committed => Decided(draft, asked.At, Verdict.Running, "it was stopped before it ran"),
        _ => draft,
    };

    private Decision RestartedOnTrial(Observation.Recovered recovered, DateTimeOffset at, Limits limits)
    {
        const string why = "the supervisor of the target was restarted before the commit";
        return recovered.Finding switch
        {
            Finding.Gone gone when Life.Process is not null =>
                GiveBack(at, gone.HostRebooted ? "the target's host was rebooted" : why, limits, new Event.ProcessExited(at, Life.Number, ProcessExit.Unknowable)),
            Finding.Gone { HostRebooted: true } => GiveBack(at, "the target's host was rebooted", limits),
            Finding.Alive alive when Life.Process is not null => GiveBack(at, why, limits, new Event.Adopted(at, Life.Number, alive.Process)),
            _ => GiveBack(at, why, limits),
        };
    }
}
