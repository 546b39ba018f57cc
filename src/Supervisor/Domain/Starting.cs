using VmSupervisor.Contracts;

namespace VmSupervisor.Domain;

/// <summary>
/// A life is beginning.
/// </summary>
/// <remarks>
/// <code>
///  PreStart ──▶ BringUp ──▶ Continue ──▶ PostStart ──▶ Running
///  (hooks)      (acquire,   (identity    (hooks)
///                launch)     journaled)
/// </code>
/// Whatever goes wrong, and any stop, leads to <see cref="Stopping"/> with all that may exist by then.
/// </remarks>
internal sealed partial record Starting(Life Life, StartPhase Phase, ValueList<Operation> Starts) : Known
{
    public override Life Current => Life;

    /// <summary>The backup that the life was begun for; the guest waits for it.</summary>
    public PendingBackup? Backup { get; init; }

    /// <summary>
    /// Starts that came when the launch was over or about to be: its process may have died before, so each gets a look then.
    /// </summary>
    public ValueList<Operation> Looks { get; init; } = [];

    /// <summary>Whether no step that is still to come proves that the process lives. A start that joins a backup ends when its guest runs.</summary>
    public bool JoinsTooLate => (Life.Process is not null || Life.Paused) && Backup is null;

    public override IEnumerable<Operation> Operations =>
        Starts.Concat(Looks).Concat(Backup is null ? [] : [Backup.Operation]).OrderBy(o => o.At);

    public override Decision Decide(Input input, Limits limits) => input switch
    {
        Input.Told told => Receptions.Hear(this, told.Note, told.At, limits),
        Input.Asked { Wish: not (Wish.Stop or Wish.Shutdown) } when Life.IsOnTrial => Refuse($"it is coming from node {From.Session.Source}, and is not this node's yet; a stop ends that"),
        Input.Asked asked => asked.Wish switch
        {
            Wish.Define define => Define(asked, define),
            Wish.Start => new Draft(this).Add(new Event.StartJoined(asked.At, Life.Number, asked.Operation)).Accept(),
            Wish.Stop stop => Cancel(asked, StopMode.Force, null, false, stop.KeepActive, limits),
            // A guest that was let loose deserves to be asked; before that there is nobody to ask.
            Wish.Shutdown ask => Cancel(
                asked, Life.Up ? StopMode.Ask : StopMode.Force, ask.ForceAfter ?? ask.Timeout ?? Life.Definition.ShutdownTimeout,
                ask.ForceAfter is not null, ask.KeepActive, limits),
            Wish.Undefine { Force: true } => Cancel(asked, StopMode.Force, null, false, false, limits, StopNext.Undefine),
            Wish.Undefine => Refuse("it is starting; stop it first, or undefine it with force"),
            Wish.Reboot or Wish.Hibernate or Wish.Backup or Wish.Migrate => Refuse("it is starting; wait until it runs"),
            Wish.Receive => Refuse("this node has a VM of this id, and it is starting"),
            Wish.LoseTarget => LoseTarget(asked, limits),
            Wish.LoseSource => LoseSource(asked),
            Wish.Cancel cancel => Cancel(asked, cancel, limits),
            Wish.Guest => Refuse("it is starting; wait until it runs"),
            _ => throw new InvalidOperationException($"{asked.Wish.GetType().Name} is not a wish"),
        },
        Input.Seen seen when Handovers.Heard(this, seen, limits) is { } decided => decided,
        Input.Seen seen when IsLate(seen.Observation) => Late(seen.Observation),
        Input.Seen seen when Life.Incoming is not null && ObserveIncoming(seen.Observation, seen.At, limits) is { } decided => decided,
        Input.Seen seen => Observe(seen.Observation, seen.At, limits),
        _ => throw new InvalidOperationException($"{input.GetType().Name} is not an input"),
    };

    private Decision Observe(Observation observation, DateTimeOffset at, Limits limits) => (observation, Phase) switch
    {
        (Observation.HookEnded { Phase: HookPhase.PreStart } hook, StartPhase.PreStart) => PreStartEnded(hook, at, limits),
        (Observation.Launched launched, StartPhase.BringUp) => Launched(launched, at),
        (Observation.BringUpFailed failed, StartPhase.BringUp) => Fail(new Draft(this), at, Cause.StartFailed, failed.Reason + WayOut, limits),
        (Observation.Continued, StartPhase.Continue) => Up(new Draft(this).Add(new Event.GuestContinued(at, Life.Number)), at),
        (Observation.ContinueFailed failed, StartPhase.Continue) =>
            Fail(new Draft(this), at, Cause.StartFailed, $"the guest could not be started: {failed.Reason}", limits),
        (Observation.HookEnded { Phase: HookPhase.PostStart } hook, StartPhase.PostStart) =>
            Started(new Draft(this).Add(new Event.HookEnded(at, Life.Number, hook.Phase, hook.Outcome)), at),
        (Observation.GuestChanged changed, StartPhase.Continue or StartPhase.PostStart) => GuestChanged(changed, at, limits),
        (Observation.GuestReset reset, StartPhase.Continue or StartPhase.PostStart) =>
            new Draft(this).Add(new Event.GuestReset(at, Life.Number, reset.ByGuest)).Accept(),
        (Observation.ProcessExited exited, StartPhase.Continue or StartPhase.PostStart) => Exited(new Draft(this), exited.Exit, at, hostRebooted: false, limits),
        (Observation.Trouble trouble, _) when !Problems.Contains(trouble.Detail) => new Draft(this).Add(new Event.ProblemNoted(at, Life.Number, trouble.Detail)).Accept(),
        (Observation.Recovered recovered, _) => Recovered(recovered.Finding, at, limits),
        _ => Unexpected(observation),
    };

    /// <summary>The life as it is when the start is over.</summary>
    public Life LifeOnceUp()
    {
        var up = Life with { Up = true };
        return Backup is null ? up : up.With(new Step.PartialBackup(Backup.Operation.Id, Backup.Plan.Files));
    }

    private Decision PreStartEnded(Observation.HookEnded hook, DateTimeOffset at, Limits limits)
    {
        var draft = new Draft(this).Add(new Event.HookEnded(at, Life.Number, hook.Phase, hook.Outcome));
        return hook.Outcome.Status == HookStatus.Succeeded
            ? draft.Add(new Event.StartAdvanced(at, Life.Number, StartPhase.BringUp)).Accept()
            : Fail(draft, at, Cause.StartFailed, $"pre-start hook: {hook.Outcome.Detail}", limits);
    }

    private Decision Launched(Observation.Launched launched, DateTimeOffset at)
    {
        var draft = new Draft(this).Add(new Event.Launched(at, Life.Number, launched.Process, launched.Summary));
        if (Life.Incoming is not null)
            return draft.Add(new Event.StartAdvanced(at, Life.Number, StartPhase.Listen)).Accept();
        return Life.Paused ? Up(draft, at) : draft.Add(new Event.StartAdvanced(at, Life.Number, StartPhase.Continue)).Accept();
    }

    private Decision Up(Draft draft, DateTimeOffset at) => Life.HasHooks
        ? draft.Add(new Event.StartAdvanced(at, Life.Number, StartPhase.PostStart)).Accept()
        : Started(draft, at);

    /// <summary>Starts that joined a backup end when its guest runs.</summary>
    private Decision Started(Draft draft, DateTimeOffset at) => draft
        .Add(new Event.Started(at, Life.Number))
        .End(at, Backup is null ? Starts : [], Ending.Succeeded, "")
        .Accept();

    private Decision GuestChanged(Observation.GuestChanged changed, DateTimeOffset at, Limits limits)
    {
        // RESUME comes just before the answer to cont, which says the same and is journaled.
        if (changed.Guest == Life.Guest || Life.IsStale(changed.Guest) || (changed.Guest == GuestState.Running && Phase == StartPhase.Continue))
            return Unexpected(changed);
        var draft = new Draft(this).Add(new Event.GuestChanged(at, Life.Number, changed.Guest, changed.Why));
        return Life.EndsWith(changed.Guest) is { } cause ? GuestEnded(draft, at, cause, changed.Why, limits) : draft.Accept();
    }

    /// <summary>The guest has come and gone before the start was over: the start did what was asked.</summary>
    private Decision GuestEnded(Draft draft, DateTimeOffset at, Cause cause, string why, Limits limits) => Stopping.Advance(
        draft.End(at, Starts, Ending.Succeeded, $"the guest ended before the start was over: {cause.ToText()}")
            .Add(new Event.EndBegan(at, Life.Number, cause, why, Dying: false)),
        at, limits);

    private Decision Exited(Draft draft, ProcessExit exit, DateTimeOffset at, bool hostRebooted, Limits limits)
    {
        draft.Add(new Event.ProcessExited(at, Life.Number, exit));
        return hostRebooted ? HostRebooted(draft, at, limits) : Fail(draft, at, Life.Up ? Cause.Crash : Cause.StartFailed, $"QEMU ended during the start: {exit}", limits);
    }

    private Decision HostRebooted(Draft draft, DateTimeOffset at, Limits limits) =>
        Fail(draft, at, Cause.HostReboot, "the host was rebooted during the start", limits);

    /// <summary>A guest whose memory cannot be gone on from is not lost with it.</summary>
    private string WayOut => Life.Restores is null ? "" : "; its memory is kept, and 'vmsup start --discard-saved' boots it without";

    /// <summary>The start has failed. Its operations end when all it acquired has been given back.</summary>
    private Decision Fail(Draft draft, DateTimeOffset at, Cause cause, string detail, Limits limits) =>
        Stopping.Advance(draft.Add(new Event.EndBegan(at, Life.Number, cause, detail, Dying: false)), at, limits);

    private Decision Cancel(
        Input.Asked asked, StopMode mode, TimeSpan? askFor, bool forceAfter, bool keepActive, Limits limits, StopNext next = StopNext.Rest) => Stopping.Advance(
        Unreceived(new Draft(this), asked)
            .End(asked.At, Operations, Ending.Superseded, $"{asked.Operation.Kind} was asked for before the start was over")
            .Add(new Event.StopAccepted(asked.At, Life.Number, asked.Operation, mode, askFor, forceAfter, keepActive) { Next = next }),
        asked.At, limits);

    /// <summary>Without anybody left who wants it, the life is undone as by a forced stop.</summary>
    protected override Decision Cancel(Input.Asked asked, Operation target, Limits limits)
    {
        if (target == Backup?.Operation && Backup.Plan.ThenRun)
        {
            return Phase is StartPhase.PreStart or StartPhase.BringUp
                ? new Draft(this)
                    .End(asked.At, target, Ending.Cancelled, $"cancelled by {asked.Operation.By}")
                    .Add(new Event.BackupDropped(asked.At, Life.Number))
                    .End(asked.At, asked.Operation, Ending.Succeeded, "the backup is cancelled")
                    .Accept()
                : Refuse("the backup begins in a moment; cancel it then");
        }

        return Operations.Count() > 1 ? CancelWaiting(asked, target) : Undo(asked, target, limits);
    }

    private Decision Undo(Input.Asked asked, Operation target, Limits limits) =>
        Stopping.Advance(
            new Draft(this)
                .End(asked.At, target, Ending.Cancelled, $"cancelled by {asked.Operation.By}")
                .Add(new Event.StopAccepted(asked.At, Life.Number, asked.Operation, StopMode.Force, null, false, false)),
            asked.At, limits);

    /// <summary>
    /// What had been journaled goes on. A launch that was not journaled is given up: its process, if there is one,
    /// never ran a guest instruction.
    /// </summary>
    private Decision Recovered(Finding finding, DateTimeOffset at, Limits limits) => (Phase, finding) switch
    {
        (StartPhase.PreStart or StartPhase.BringUp, Finding.Gone { HostRebooted: true }) =>
            HostRebooted(new Draft(this), at, limits),
        (StartPhase.PreStart, _) => Unexpected(new Observation.Recovered(Life.Number, finding)),
        (StartPhase.BringUp, _) => Fail(
            new Draft(this), at, Cause.StartFailed, "the supervisor was restarted before the launch was recorded", limits),
        (StartPhase.Continue or StartPhase.Confirm, not Finding.Ambiguous) when Life.Incoming is not null => RestartedOnceCommitted(finding, at, limits),
        (_, Finding.Gone gone) => Exited(new Draft(this), ProcessExit.Unknowable, at, gone.HostRebooted, limits),
        (_, Finding.Alive alive) => Adopt(alive, at, limits),
        (_, Finding.Ambiguous ambiguous) =>
            new Draft(this).Add(new Event.ProblemNoted(at, Life.Number, ambiguous.Reason)).Accept(),
        _ => throw new InvalidOperationException($"{finding.GetType().Name} is not a finding"),
    };

    private Decision Adopt(Finding.Alive alive, DateTimeOffset at, Limits limits)
    {
        var draft = new Draft(this).Add(new Event.Adopted(at, Life.Number, alive.Process));
        if (alive.Guest is not { } guest || guest == Life.Guest)
            return draft.Accept();
        draft.Add(new Event.GuestChanged(at, Life.Number, guest, "found at adoption"));
        return Life.EndsWith(guest) is { } cause ? GuestEnded(draft, at, cause, "found at adoption", limits) : draft.Accept();
    }
}
