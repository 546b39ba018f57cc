using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Domain;

/// <summary>What an event makes of a state. Total: an event that does not fit its state is a fault of the journal, and says so.</summary>
internal static class Evolution
{
    public static VmState Evolve(VmState state, Event e)
    {
        var next = Next(state, e);
        var moves = MovesEvolution.After(state, e);
        return ReferenceEquals(next.Moves, moves) ? next : next with { Moves = moves };
    }

    private static VmState Next(VmState state, Event e) => (state, e) switch
    {
        (Undefined, Event.Defined defined) => new CleanedUp(Cause.Defined, "", [])
        {
            Definition = defined.Definition,
            Last = state.Last,
            Since = e.At,
        },
        (Known known, Event.Defined defined) => known with { Definition = defined.Definition },
        (_, Event.Undefined) => new Undefined { Last = state.Last, Since = e.At },

        _ when MigrationEvolution.Evolve(state, e) is { } next => next,
        (CleanedUp cleaned, Event.StartAccepted start) => Begin(cleaned, start),
        (CleanedUp cleaned, Event.KeptReleaseAccepted release) => ReleaseKept(cleaned, release),

        (Starting starting, Event.StartJoined joined) => starting with
        {
            Starts = starting.JoinsTooLate ? starting.Starts : starting.Starts.Add(joined.Operation),
            Looks = starting.JoinsTooLate ? starting.Looks.Add(joined.Operation) : starting.Looks,
            Backup = starting.Backup is { } backup ? backup with { Plan = backup.Plan with { ThenRun = true } } : null,
        },
        (Starting starting, Event.BackupDropped) => starting with { Backup = null, Life = starting.Life with { Paused = false } },
        (Starting starting, Event.StartAdvanced advanced) => starting.With(starting.Life.Enter(advanced.Phase), advanced.Phase),
        (Starting starting, Event.Launched launched) =>
            starting with { Life = starting.Life.Launched(launched.Process) },
        (Starting starting, Event.GuestContinued) => starting with { Life = starting.Life.Continued() },
        (Starting starting, Event.Started) =>
            new Running(starting.LifeOnceUp(), starting.Looks.Select(start => new PendingLook(start, Paused: false)).ToValueList(), [])
            {
                Definition = starting.Definition,
                Last = state.Last,
                Since = e.At,
                Problems = starting.Problems,
                Restarts = starting.Restarts,
                Activity = starting.Backup is { } backup
                    ? new Activity.Backup(backup.Operation, backup.Plan, new BackupPhase.Begin(backup.Plan.ThenRun)) { Starts = starting.Starts }
                    : null,
            },

        (Running running, Event.LookAccepted look) => running with { Looks = running.Looks.Add(new PendingLook(look.Operation, look.Paused)) },
        (Running running, Event.RequestAccepted request) =>
            running with { Requests = running.Requests.Add(new PendingRequest(request.Operation, request.Request)) },

        (Starting starting, Event.EndBegan end) => End(starting, starting.Life, end) with { FailedStarts = starting.Operations.ToValueList() },
        (Running running, Event.EndBegan end) => End(running, running.Life, end) with
        {
            Stops = end.Cause == Cause.Hibernated && running.Activity is { } hibernation ? [hibernation.Operation] : [],
            NextStarts = running.Looks.Select(l => l.Operation).Concat(running.Activity is Activity.Backup backup ? backup.Starts : []).ToValueList(),
            NextPaused = running.Looks.Count > 0 && running.Looks.All(l => l.Paused),
        },
        (Starting or Running, Event.StopAccepted stop) => Stop((Known)state, state.Current!, stop),
        (Stopping stopping, Event.StopAccepted stop) => stopping.StopAgain(stop),
        (Stopping stopping, Event.StartDeferred start) => stopping with
        {
            NextPaused = start.Paused && (stopping.NextStarts.Count == 0 || stopping.NextPaused),
            NextStarts = stopping.NextStarts.Add(start.Operation),

            // A person who asks counts for more than the host that was booted.
            NextFresh = stopping.NextFresh || start.Fresh,
            NextCause = stopping.NextStarts.Count == 0 || start.Cause == Cause.ApiStart ? start.Cause : stopping.NextCause,
        },
        (Stopping stopping, Event.StopAdvanced advanced) => stopping with
        {
            Phase = advanced.Phase,
            Life = stopping.Life.Enter(advanced.Phase),
            Detail = DetailOf(stopping, advanced.Phase),
        },
        (Stopping stopping, Event.StopGivenUp) =>
            new Running(stopping.Life, stopping.NextStarts.Select(start => new PendingLook(start, stopping.NextPaused)).ToValueList(), [])
            {
                Definition = stopping.Definition,
                Last = state.Last,
                Since = e.At,
                Problems = stopping.Problems,
                Restarts = stopping.Restarts,
            },
        (Stopping stopping, Event.ReleaseFailed failed) => stopping with
        {
            Problems = failed.Failures.Select(f => $"{f.Step} could not be released: {f.Reason}").ToValueList(),
        },
        (Stopping stopping, Event.Released) => stopping with { Life = stopping.Life with { Released = true }, Problems = [] },
        (Stopping stopping, Event.CleanedUp cleaned) =>
            new CleanedUp(cleaned.Cause, cleaned.Detail, cleaned.Kept)
            {
                Definition = stopping.Definition,
                Last = state.Last,
                Since = e.At,
                Restarts = stopping.Restarts,
                Saved = cleaned.Saved,
            },

        (CleanedUp cleaned, Event.RestartScheduled restart) => cleaned with { Pending = new PendingRestart(restart.Due), Restarts = restart.Earlier },
        (CleanedUp cleaned, Event.RestartAbandoned abandoned) => cleaned with { Problems = [abandoned.Detail] },
        (CleanedUp cleaned, Event.RestartDropped) => cleaned with { Pending = null, Restarts = [] },
        (Running running, Event.RanWell) => running with { Restarts = [] },
        (Running running, _) when ActivityEvolution.Evolve(running, e) is { } next => next,

        (_, Event.OperationEnded ended) => Without(state, ended.Operation.Id),
        (Known known, Event.ProblemNoted problem) => known with { Problems = known.Problems.Add(problem.Detail) },
        (Known { Current: { } life } known, _) => known.WithLife(Observe(life, e), Settles(e)),
        _ => throw new InvalidOperationException($"the event {e.GetType().Name} does not fit the state {state.GetType().Name}"),
    };

    /// <summary>Events that tell something about the life and leave the state what it is.</summary>
    private static Life Observe(Life life, Event e) => e switch
    {
        Event.HookEnded hook => life.WithHookEnded(hook.Phase, hook.Outcome.Status),
        Event.Adopted adopted => life with { Process = adopted.Process },
        Event.GuestChanged changed => life with { Guest = changed.Guest },
        Event.GuestReset => life,
        Event.ProcessExited exited => life with { Exit = exited.Exit, Guest = GuestState.Off },
        _ => throw new InvalidOperationException($"the event {e.GetType().Name} does not fit"),
    };

    private static Starting Begin(CleanedUp cleaned, Event.StartAccepted start) => Begin(start.Life, cleaned.Definition, start.Operations, start.At) with
    {
        Restarts = start.Life.Cause == Cause.Restart ? cleaned.Restarts.Add(start.At) : [],
        Backup = start.Backup,
    };

    /// <summary>A life at its very beginning.</summary>
    public static Starting Begin(Life life, VmDefinition definition, ValueList<Operation> operations, DateTimeOffset at)
    {
        var phase = life.HasHooks ? StartPhase.PreStart : StartPhase.BringUp;
        return new Starting(life.Enter(phase), phase, operations)
        {
            Definition = definition,
            Last = life.Number,
            Since = at,
        };
    }

    /// <summary>The earlier life comes back for the sake of its volumes only: its process and its hooks are long over.</summary>
    private static Stopping ReleaseKept(CleanedUp cleaned, Event.KeptReleaseAccepted release)
    {
        var life = new Life(cleaned.Last, cleaned.Definition, cleaned.Kept, false, cleaned.Cause, null)
        {
            Acquiring = true,
            Exit = ProcessExit.Unknowable,
            HooksEnded = [HookPhase.PreStart, HookPhase.PostStart, HookPhase.PreStop, HookPhase.PostStop],
            Restores = release.Undefine ? null : cleaned.Saved,
        };
        return new Stopping(life, cleaned.Cause, cleaned.Detail, StopMode.End, new StopPhase.Clean(cleaned.Kept, 0))
        {
            Definition = cleaned.Definition,
            Last = cleaned.Last,
            Since = release.At,
            KeptOnly = true,
            Stops = release.Undefine ? [] : [release.Operation],
            NextUndefine = release.Undefine ? release.Operation : null,
        };
    }

    private static Stopping End(Known known, Life life, Event.EndBegan end) =>
        new(life with { Dying = end.Dying, Incoming = Returning(known, life, end) }, end.Cause, end.Detail, StopMode.End, new StopPhase.Extinguish())
        {
            Definition = known.Definition,
            Last = known.Last,
            Since = end.At,
            Restarts = known.Restarts,
        };

    /// <summary>A life that was committed, and ends for the migration's sake before it ran, goes back.</summary>
    private static Incoming? Returning(Known known, Life life, Event.EndBegan end) =>
        life.Incoming is { Committed: true } incoming && end.Cause == Cause.MigrateIn && known is Starting ? incoming with { Returns = true } : life.Incoming;

    private static Stopping Stop(Known known, Life life, Event.StopAccepted stop) =>
        new Stopping(life, CauseOf(stop.Next), "", stop.Mode, new StopPhase.Extinguish())
        {
            Definition = known.Definition,
            Last = known.Last,
            Since = stop.At,
            AskFor = stop.AskFor ?? TimeSpan.Zero,
            ForceAfter = stop.ForceAfter,
            KeepActive = stop.KeepActive,
            Restarts = known.Restarts,
        }.For(stop);

    public static Cause CauseOf(StopNext next) => next switch
    {
        StopNext.StartAgain => Cause.ApiReboot,
        StopNext.Backup => Cause.Backup,
        _ => Cause.ApiStop,
    };

    private static Stopping For(this Stopping stopping, Event.StopAccepted stop) => stop.Next switch
    {
        StopNext.Rest => stopping with { Stops = stopping.Stops.Add(stop.Operation) },
        StopNext.StartAgain => stopping with { Reboots = stopping.Reboots.Add(stop.Operation) },
        StopNext.Undefine => stopping with { NextUndefine = stop.Operation },
        StopNext.Backup => stopping with { NextBackup = new PendingBackup(stop.Operation, stop.Backup!), HoldsVolumes = true },
        _ => throw new InvalidOperationException($"{stop.Next} is nothing that can follow"),
    };

    /// <summary>Patience only shrinks, and volumes that somebody wants kept stay kept.</summary>
    private static Stopping StopAgain(this Stopping stopping, Event.StopAccepted stop)
    {
        var asksAgain = stop.Mode == StopMode.Ask && stopping.Mode == StopMode.Ask;
        return stopping.For(stop) with
        {
            Mode = stop.Mode == StopMode.Force ? StopMode.Force : stopping.Mode,
            AskFor = asksAgain ? stop.AskFor ?? stopping.AskFor : stopping.AskFor,
            ForceAfter = asksAgain ? stop.ForceAfter : stopping.ForceAfter,
            KeepActive = stopping.KeepActive || stop.KeepActive,
        };
    }

    /// <summary>A shutdown that had to end in force says so; everybody else knows why the life ends.</summary>
    private static string DetailOf(Stopping stopping, StopPhase next) =>
        stopping is { Mode: StopMode.Ask, Phase: StopPhase.AskGuest } && next is StopPhase.Quit { Forced: true }
            ? "the guest did not power off in time; stopped by force"
            : stopping.Detail;

    public static Starting With(this Starting starting, Life life, StartPhase phase) => starting with { Life = life, Phase = phase };

    public static Life Enter(this Life life, StartPhase phase) => phase switch
    {
        StartPhase.PreStart => life with { Hook = HookPhase.PreStart },
        StartPhase.BringUp => life with { Acquiring = true },
        StartPhase.PostStart => life with { Hook = HookPhase.PostStart },
        _ => life,
    };

    private static Life Enter(this Life life, StopPhase phase) => phase switch
    {
        StopPhase.PreStop => life with { Hook = HookPhase.PreStop },
        StopPhase.PostStop => life with { Hook = HookPhase.PostStop },
        _ => life,
    };

    /// <summary>Whether an event settles what was noted about the process.</summary>
    private static bool Settles(Event e) => e is Event.ProcessExited or Event.Adopted;

    private static Known WithLife(this Known known, Life life, bool settled) => known switch
    {
        Starting starting => starting with { Life = life, Problems = settled ? [] : known.Problems },
        Running running => running with { Life = life, Problems = settled ? [] : known.Problems },
        Stopping stopping => stopping with { Life = life, Problems = settled ? [] : known.Problems },
        _ => throw new InvalidOperationException($"{known.GetType().Name} has no life"),
    };

    private static VmState Without(VmState state, OperationId id)
    {
        ValueList<Operation> Left(ValueList<Operation> operations) => operations.RemoveAll(o => o.Id == id);
        return state switch
        {
            Starting starting => starting with
            {
                Starts = Left(starting.Starts),
                Looks = Left(starting.Looks),
                Backup = starting.Backup?.Operation.Id == id ? null : starting.Backup,
            },
            Running running => running with
            {
                Looks = running.Looks.RemoveAll(l => l.Operation.Id == id),
                Requests = running.Requests.RemoveAll(r => r.Operation.Id == id),
                Activity = running.Activity is Activity.Backup backup ? backup with { Starts = Left(backup.Starts) } : running.Activity,
            },
            Stopping stopping => stopping with
            {
                Stops = Left(stopping.Stops),
                FailedStarts = Left(stopping.FailedStarts),
                NextStarts = Left(stopping.NextStarts),
                Reboots = Left(stopping.Reboots),
                NextBackup = stopping.NextBackup?.Operation.Id == id ? null : stopping.NextBackup,

                // Once the cleanup has passed over the volumes, they are active whoever wants them.
                HoldsVolumes = stopping.HoldsVolumes && (stopping.NextBackup?.Operation.Id != id || stopping.Phase is StopPhase.Clean or StopPhase.PostStop),
                Cause = (stopping.Cause == Cause.ApiReboot && Left(stopping.Reboots).Count == 0) || (stopping.Cause == Cause.Backup && stopping.NextBackup?.Operation.Id == id)
                    ? Cause.ApiStop
                    : stopping.Cause,
                NextUndefine = stopping.NextUndefine?.Id == id ? null : stopping.NextUndefine,
            },
            _ => state,
        };
    }
}
