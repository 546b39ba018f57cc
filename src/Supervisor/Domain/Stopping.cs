using VmSupervisor.Contracts;

namespace VmSupervisor.Domain;

/// <summary>
/// A life is ending. Whatever ended it, this is the one way into <see cref="CleanedUp"/>.
/// </summary>
/// <remarks>
/// <code>
///  EndHook ─▶ PreStop ─▶ AskGuest ─▶ Quit ─▶ Terminate ─▶ Kill ─▶ (exit) ─▶ Clean ─▶ PostStop ─▶ CleanedUp
///     │           │          │         │       AwaitExit ────┘       ▲        ↻
///     └───────────┴──────────┴─────────┴── exit seen, Extinguish ────┘
/// </code>
/// Phases that do not apply are passed over (<see cref="StopRoad"/>). A phase before the exit never leads to Clean;
/// only the exit does, so that nothing is given back under a living process.
/// </remarks>
/// <param name="Life">The life.</param>
/// <param name="Cause">Why it ends.</param>
/// <param name="Detail">The same for a person.</param>
/// <param name="Mode">How much patience there is.</param>
/// <param name="Phase">How far it has come.</param>
internal sealed record Stopping(Life Life, Cause Cause, string Detail, StopMode Mode, StopPhase Phase) : Known
{
    /// <summary>How long a guest that is asked to power off may take.</summary>
    public TimeSpan AskFor { get; init; }

    /// <summary>Whether it is stopped by force when it takes longer; otherwise the stop is given up.</summary>
    public bool ForceAfter { get; init; }

    /// <summary>Whether the volumes stay active.</summary>
    public bool KeepActive { get; init; }

    /// <summary>Whether the volumes stay active for a backup that follows, or did when they would have been given back.</summary>
    public bool HoldsVolumes { get; init; }

    /// <summary>Whether the volumes are left out of the cleanup.</summary>
    public bool KeepsVolumes => KeepActive || HoldsVolumes;

    /// <summary>
    /// Whether volumes that an earlier life left active are given back, though this one never came to take them over: somebody
    /// wants the VM down, or they were active for its sake only.
    /// </summary>
    public bool GivesBackUntaken =>
        !Life.Acquiring && !KeepsVolumes && (Mode != StopMode.End || Life.Continues) && !IsFollowed
        && Life.Plan.Any(step => step is Step.Volume { TakeOver: true });

    /// <summary>Whether volumes of an earlier life are given back; that life is long closed.</summary>
    public bool KeptOnly { get; init; }

    /// <summary>Stops and shutdowns that end with this life.</summary>
    public ValueList<Operation> Stops { get; init; } = [];

    /// <summary>Starts that failed: they end when all they acquired has been given back.</summary>
    public ValueList<Operation> FailedStarts { get; init; } = [];

    /// <summary>Starts that are carried out after this life.</summary>
    public ValueList<Operation> NextStarts { get; init; } = [];

    /// <summary>Reboots: the next life is theirs, unless this one is not brought to its end.</summary>
    public ValueList<Operation> Reboots { get; init; } = [];

    /// <summary>Whether the next life begins with its CPUs stopped.</summary>
    public bool NextPaused { get; init; }

    /// <summary>Whether the next life boots, though there is memory to go on from.</summary>
    public bool NextFresh { get; init; }

    /// <summary>A backup that the next life begins for, unless this one is not brought to its end.</summary>
    public PendingBackup? NextBackup { get; init; }

    /// <summary>Why the next life begins.</summary>
    public Cause NextCause { get; init; } = Cause.ApiStart;

    /// <summary>An undefine that follows; null when none does.</summary>
    public Operation? NextUndefine { get; init; }

    /// <summary>Whether another life is wanted after this one.</summary>
    private bool IsFollowed => NextStarts.Count + Reboots.Count > 0 || NextBackup is not null;

    public override Life Current => Life;

    public override IEnumerable<Operation> Operations =>
        Stops.Concat(FailedStarts).Concat(NextStarts).Concat(Reboots).Concat(Backups).Concat(NextUndefine is null ? [] : [NextUndefine]).Concat(OfHandover).OrderBy(o => o.At);

    private IEnumerable<Operation> Backups => NextBackup is null ? [] : [NextBackup.Operation];

    public override Decision Decide(Input input, Limits limits) => input switch
    {
        Input.Told told => Receptions.Hear(this, told.Note, told.At, limits),
        Input.Asked { Wish: not (Wish.Stop or Wish.Shutdown or Wish.LoseTarget or Wish.Cancel) } when Handovers.WhyNot(Moves) is { } elsewhere => Refuse(elsewhere),
        Input.Asked { Wish: not (Wish.Stop or Wish.Shutdown or Wish.Cancel) } when GoesBack => Refuse($"it was to come from node {Life.Incoming!.Session.Source} and did not; wait until it is gone"),
        Input.Asked asked => asked.Wish switch
        {
            Wish.Define define => Define(asked, define),
            Wish.Start or Wish.Reboot or Wish.Undefine when NextUndefine is not null => Refuse("it is being undefined"),
            Wish.Start start =>
                new Draft(this).Add(new Event.StartDeferred(asked.At, Life.Number, asked.Operation, start.Paused) { Cause = start.Cause, Fresh = start.Fresh }).Accept(),
            Wish.Stop { KeepActive: true } when VolumesAreLeaving => Refuse("its volumes are being released already"),
            Wish.Shutdown { KeepActive: true } when VolumesAreLeaving => Refuse("its volumes are being released already"),
            Wish.Stop stop => StopAgain(asked, StopMode.Force, AskFor, ForceAfter, stop.KeepActive, limits),
            Wish.Shutdown ask => StopAgain(
                asked, StopMode.Ask, ask.ForceAfter ?? ask.Timeout ?? Life.Definition.ShutdownTimeout, ask.ForceAfter is not null,
                ask.KeepActive, limits),
            Wish.Reboot reboot => StopAgain(
                asked, StopMode.Ask, reboot.ForceAfter ?? reboot.Timeout ?? Life.Definition.ShutdownTimeout, reboot.ForceAfter is not null,
                false, limits, StopNext.StartAgain),
            Wish.Backup or Wish.Hibernate or Wish.Migrate or Wish.Receive => Refuse("it is stopping; wait until it is cleaned up"),
            Wish.LoseTarget => LoseTarget(asked, limits),
            Wish.LoseSource => Refuse(NoSource),
            Wish.Undefine { Force: true } => StopAgain(asked, StopMode.Force, AskFor, ForceAfter, false, limits, StopNext.Undefine),
            Wish.Undefine => Refuse("it is stopping; wait until it is cleaned up, or undefine it with force"),
            Wish.Cancel cancel => Cancel(asked, cancel, limits),
            Wish.Guest => Refuse("it is stopping"),
            _ => throw new InvalidOperationException($"{asked.Wish.GetType().Name} is not a wish"),
        },
        Input.Seen seen when Handovers.Heard(this, seen, limits) is { } decided => decided,
        Input.Seen seen when IsLate(seen.Observation) => Late(seen.Observation),
        Input.Seen seen => Observe(seen.Observation, seen.At, limits),
        _ => throw new InvalidOperationException($"{input.GetType().Name} is not an input"),
    };

    /// <summary>
    /// Goes on along the road of a draft whose state is a <see cref="Stopping"/>: to the next phase, or through
    /// <see cref="CleanedUp"/> to what follows it.
    /// </summary>
    public static Decision Advance(Draft draft, DateTimeOffset at, Limits limits)
    {
        var stopping = (Stopping)draft.State;
        if (StopRoad.Next(stopping, at, limits) is { } phase)
            return (phase == stopping.Phase ? draft : draft.Add(new Event.StopAdvanced(at, stopping.Life.Number, phase))).Accept();
        return stopping.Close(draft, at, limits).Accept();
    }

    /// <summary>Whether the VM is not this node's: its guest was to come and does not.</summary>
    private bool GoesBack => Life.Incoming is { Committed: false } or { Returns: true };

    /// <summary>A guest that was committed and never ran is the source's again, now that its process is gone.</summary>
    private Draft Returned(Draft draft, DateTimeOffset at) => Life.Incoming is { Returns: true } incoming
        ? draft.Add(new Event.VerdictReached(at, Life.Number, incoming.Session, Verdict.Returned, Detail))
        : draft;

    private bool VolumesAreLeaving => !KeepsVolumes && (Life.Released || KeptOnly || Phase is StopPhase.Clean);

    private Decision Observe(Observation observation, DateTimeOffset at, Limits limits)
    {
        switch (observation, Phase)
        {
            case (Observation.HookEnded hook, _) when hook.Phase == Life.Hook:
                return Advance(new Draft(this).Add(new Event.HookEnded(at, Life.Number, hook.Phase, hook.Outcome)), at, limits);

            case (Observation.GuestChanged changed, _) when Life.MayLive && changed.Guest != Life.Guest && !Life.IsStale(changed.Guest):
                return GuestChanged(changed, at, limits);

            case (Observation.GuestReset reset, _) when Life.MayLive:
                return new Draft(this).Add(new Event.GuestReset(at, Life.Number, reset.ByGuest)).Accept();

            case (Observation.PowerDownFailed failed, StopPhase.AskGuest) when !ForceAfter:
                return GiveUp(new Draft(this), at, Ending.Failed, $"the guest could not be asked: {failed.Reason}");

            case (Observation.DeadlinePassed passed, _):
                return DeadlinePassed(passed, at, limits);

            case (Observation.ProcessExited exited, _) when Life.MayLive && Life.Process is not null:
                return Advance(Returned(new Draft(this).Add(new Event.ProcessExited(at, Life.Number, exited.Exit)), at), at, limits);

            case (Observation.Extinguished gone, StopPhase.Extinguish):
                return Advance(Returned(new Draft(this).Add(new Event.ProcessExited(at, Life.Number, gone.Exit)), at), at, limits);

            case (Observation.ReleasePassed { Failures.Count: 0 }, StopPhase.Clean):
                return Advance(new Draft(this).Add(new Event.Released(at, Life.Number)), at, limits);

            case (Observation.ReleasePassed passed, StopPhase.Clean clean):
                return new Draft(this)
                    .Add(new Event.ReleaseFailed(at, Life.Number, passed.Failures))
                    .Add(new Event.StopAdvanced(at, Life.Number, clean.Again(passed.Failures)))
                    .Accept();

            case (Observation.Trouble trouble, _) when !Problems.Contains(trouble.Detail):
                return new Draft(this).Add(new Event.ProblemNoted(at, Life.Number, trouble.Detail)).Accept();

            case (Observation.Recovered recovered, _):
                return Recovered(recovered.Finding, at, limits);

            default:
                return Unexpected(observation);
        }
    }

    private Decision GuestChanged(Observation.GuestChanged changed, DateTimeOffset at, Limits limits)
    {
        var draft = new Draft(this).Add(new Event.GuestChanged(at, Life.Number, changed.Guest, changed.Why));

        // A guest that panicked will not power itself off; one that is to be preserved ends the attempt.
        return Phase is StopPhase.AskGuest && changed.Guest == GuestState.Panicked && Life.EndsWith(GuestState.Panicked) is null
            ? GiveUp(draft, at, Ending.Failed, "the guest panicked, and its process is preserved")
            : Advance(draft, at, limits);
    }

    private Decision DeadlinePassed(Observation.DeadlinePassed passed, DateTimeOffset at, Limits limits)
    {
        if (passed.Deadline != StopRoad.DeadlineOf(Phase))
            return Unexpected(passed);
        var draft = new Draft(this);
        return Phase switch
        {
            StopPhase.AskGuest when !ForceAfter =>
                GiveUp(draft, at, Ending.TimedOut, $"the guest did not power off within {AskFor.TotalSeconds:0.###} s; it is still {Life.Guest.ToText()}, and may power off later"),
            StopPhase.Kill => draft
                .Add(new Event.ProblemNoted(
                    at, Life.Number, $"process {Life.Process?.Pid} does not die (SIGKILL was sent); its volumes are held until it does"))
                .Add(new Event.StopAdvanced(at, Life.Number, new StopPhase.Kill(Deadline: null)))
                .Accept(),
            _ => draft.Add(new Event.StopAdvanced(at, Life.Number, StopRoad.Escalate(this, at, limits))).Accept(),
        };
    }

    /// <summary>The VM goes on. Starts that waited have what they wanted, if a look finds it so.</summary>
    private Decision GiveUp(Draft draft, DateTimeOffset at, Ending ending, string detail) => draft
        .End(at, Stops, ending, detail)
        .End(at, Reboots.Concat(Backups), ending, detail)
        .Add(new Event.StopGivenUp(at, Life.Number, detail))
        .Accept();

    private Decision StopAgain(
        Input.Asked asked, StopMode mode, TimeSpan askFor, bool forceAfter, bool keepActive, Limits limits, StopNext wanted = StopNext.Rest)
    {
        var draft = new Draft(this);
        if (wanted != StopNext.StartAgain)
            draft.End(asked.At, NextStarts.Concat(Reboots).Concat(Backups), Ending.Superseded, $"{asked.Operation.Kind} was asked for");
        var overrides = mode == StopMode.Force && Mode != StopMode.Force && Life.MayLive;
        if (overrides)
            draft.End(asked.At, Stops, Ending.Superseded, "stopped by force");
        draft.Add(new Event.StopAccepted(asked.At, Life.Number, asked.Operation, mode, askFor, forceAfter, keepActive) { Next = wanted });
        return draft.State is Stopping next && StopRoad.Hurry(this, next, asked.At, limits) is { } phase
            ? draft.Add(new Event.StopAdvanced(asked.At, Life.Number, phase)).Accept()
            : draft.Accept();
    }

    /// <summary>What has not been done yet is given up; what has begun goes on. Only a guest that is being asked can be let off.</summary>
    protected override Decision Cancel(Input.Asked asked, Operation target, Limits limits)
    {
        if (NextStarts.Contains(target))
            return CancelWaiting(asked, target);
        var downs = Stops.Concat(Reboots).Concat(Backups).ToArray();
        if (!downs.Contains(target))
            return base.Cancel(asked, target, limits);
        if (Phase is not StopPhase.AskGuest)
            return Refuse($"the {target.Kind} cannot be cancelled any more: {(Life.MayLive ? "it is beyond asking the guest" : "the process has ended")}");
        return downs.Length > 1
            ? CancelWaiting(asked, target)
            : GiveUp(
                new Draft(this).End(asked.At, asked.Operation, Ending.Succeeded, $"the {target.Kind} is cancelled; the guest has been asked, and may power off all the same"),
                asked.At, Ending.Cancelled, $"cancelled by {asked.Operation.By}");
    }

    private Decision Recovered(Finding finding, DateTimeOffset at, Limits limits) => finding switch
    {
        Finding.Gone when Life.MayLive && Life.Process is not null =>
            Advance(Returned(new Draft(this).Add(new Event.ProcessExited(at, Life.Number, ProcessExit.Unknowable)), at), at, limits),
        Finding.Alive { Guest: { } guest } when Life.MayLive && guest != Life.Guest =>
            GuestChanged(new Observation.GuestChanged(Life.Number, guest, "found at adoption"), at, limits),
        Finding.Ambiguous ambiguous => new Draft(this).Add(new Event.ProblemNoted(at, Life.Number, ambiguous.Reason)).Accept(),
        _ => Unexpected(new Observation.Recovered(Life.Number, finding)),
    };

    /// <summary>The life is closed, everyone who waited for it is answered, and what is to follow begins.</summary>
    private Draft Close(Draft draft, DateTimeOffset at, Limits limits)
    {
        draft.Add(new Event.CleanedUp(at, Life.Number, Cause, Detail, Kept()) { Saved = Life.Remembers });
        var closed = (CleanedUp)draft.State;
        if (GoesBack)
        {
            return draft
                .End(at, Stops, Ending.Succeeded, "")
                .End(at, FailedStarts, Ending.Failed, Detail)
                .Add(new Event.ReceiveUndone(at, Life.Number, Life.Incoming!.Before));
        }

        if (Handovers.WhyNot(Moves) is { } elsewhere)
            return draft.End(at, Stops, Ending.Succeeded, "").End(at, NextStarts.Concat(Reboots), Ending.Failed, elsewhere);

        // A backup that was overruled had kept the volumes when they would have gone; whoever overruled it wants them gone.
        // A life that follows takes them over instead.
        if (closed.Kept.Count > 0 && HoldsVolumes && !KeepActive && !IsFollowed && NextUndefine is null && Stops is [var stop, ..])
            return closed.ReleaseKept(draft.End(at, Stops.Skip(1), Ending.Succeeded, ""), at, stop, undefine: false);
        draft.End(at, Stops, Ending.Succeeded, Cause == Cause.ApiStop ? Detail : "");
        draft.End(at, FailedStarts, Ending.Failed, Detail);
        if (NextUndefine is { } undefine)
            return closed.Undefine(draft, at, undefine);
        if (IsFollowed)
            return draft.Add(Next(closed, at));
        return RestartRule.After(this, at, limits) is { } restart ? draft.Add(restart) : draft;
    }

    /// <summary>The life that follows, for everybody who wants one.</summary>
    private Event.StartAccepted Next(CleanedUp closed, DateTimeOffset at)
    {
        var starts = NextStarts.Concat(Reboots).OrderBy(o => o.At).ToValueList();
        var (cause, paused) = (NextBackup, Reboots) switch
        {
            ({ }, _) => (Cause.Backup, true),
            (_, { Count: > 0 }) => (Cause.ApiReboot, false),
            _ => (NextCause, NextPaused),
        };
        return closed.Start(at, paused, cause, starts, NextFresh, NextBackup);
    }

    /// <summary>
    /// Volumes that stay active: those that this life was to leave so, and those of the life before that it never came to
    /// take over.
    /// </summary>
    private ValueList<Step> Kept() => this switch
    {
        { KeptOnly: true } => [],
        { Life.Acquiring: false, Life.Released: true } => [],
        { Life.Acquiring: false } => Life.Plan.Where(step => step is Step.Volume { TakeOver: true }).ToValueList(),
        { KeepsVolumes: true } => Life.Plan.Where(step => step is Step.Volume).ToValueList(),
        _ => [],
    };
}
