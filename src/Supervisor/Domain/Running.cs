using VmSupervisor.Contracts;

namespace VmSupervisor.Domain;

/// <summary>
/// The process is adopted. What its guest does is <see cref="Life.Guest"/>: it may be paused, panicked and preserved,
/// or stopped by an I/O error, and the VM still runs.
/// </summary>
/// <param name="Life">The life.</param>
/// <param name="Looks">Starts that wait for a look at the process. Each gets a look of its own that begins after it was
/// asked: an older look proves nothing about a process that was killed since.</param>
/// <param name="Requests">Pause, resume and reset, answered one after the other.</param>
internal sealed partial record Running(Life Life, ValueList<PendingLook> Looks, ValueList<PendingRequest> Requests) : Known
{
    /// <summary>What it is busy with besides; null when there is nothing.</summary>
    public Activity? Activity { get; init; }

    public override Life Current => Life;

    public override IEnumerable<Operation> Operations =>
        Looks.Select(l => l.Operation).Concat(Requests.Select(r => r.Operation)).Concat(OfActivity).Concat(OfHandover).OrderBy(o => o.At);

    private IEnumerable<Operation> OfActivity => Activity switch
    {
        Activity.Backup backup => backup.Starts.Prepend(backup.Operation),
        { } other => [other.Operation],
        null => [],
    };

    /// <summary>When it has run well, so that the next failure is a new one; null when none is counted.</summary>
    public DateTimeOffset? GoodAt(Limits limits) => Restarts.Count > 0 ? Since + limits.Restarts.GoodAfter : null;

    public override Decision Decide(Input input, Limits limits) => input switch
    {
        Input.Told told => Receptions.Hear(this, told.Note, told.At, limits),
        Input.Asked { Wish: not (Wish.Stop or Wish.LoseTarget or Wish.Cancel) } when Moves.Handover is not null => Refuse(Handovers.WhyNot(Moves)!),
        Input.Asked asked => asked.Wish switch
        {
            Wish.Define define => Define(asked, define),
            Wish.Start or Wish.Shutdown or Wish.Reboot or Wish.Guest or Wish.Backup or Wish.Hibernate or Wish.Migrate when WhyBusy(asked.Wish) is { } why => Refuse(why),
            Wish.Start start when Activity is Activity.Backup { Plan.ThenRun: false } =>
                new Draft(this).Add(new Event.BackupJoined(asked.At, Life.Number, asked.Operation, start.Paused)).Accept(),
            Wish.Start start =>
                new Draft(this).Add(new Event.LookAccepted(asked.At, Life.Number, asked.Operation, start.Paused)).Accept(),
            Wish.Stop stop => Stop(asked, StopMode.Force, null, false, stop.KeepActive, limits),
            Wish.Shutdown ask => Stop(
                asked, StopMode.Ask, ask.ForceAfter ?? ask.Timeout ?? Life.Definition.ShutdownTimeout, ask.ForceAfter is not null,
                ask.KeepActive, limits),
            Wish.Undefine { Force: true } => Stop(asked, StopMode.Force, null, false, false, limits, StopNext.Undefine),
            Wish.Undefine => Refuse("it is running; stop it first, or undefine it with force"),
            Wish.Reboot reboot => Stop(
                asked, StopMode.Ask, reboot.ForceAfter ?? reboot.Timeout ?? Life.Definition.ShutdownTimeout, reboot.ForceAfter is not null,
                false, limits, StopNext.StartAgain),
            Wish.Backup backup => Backup(asked, backup, limits),
            Wish.Hibernate => Hibernate(asked),
            Wish.Migrate migrate => Migrate(asked, migrate),
            Wish.Receive => Refuse("this node has a VM of this id, and it runs"),
            Wish.LoseTarget => LoseTarget(asked, limits),
            Wish.LoseSource => Refuse(NoSource),
            Wish.Cancel cancel => Cancel(asked, cancel, limits),
            Wish.Guest guest =>
                new Draft(this).Add(new Event.RequestAccepted(asked.At, Life.Number, asked.Operation, guest.Request)).Accept(),
            _ => throw new InvalidOperationException($"{asked.Wish.GetType().Name} is not a wish"),
        },
        Input.Seen seen when Handovers.Heard(this, seen, limits) is { } decided => decided,
        Input.Seen seen when IsLate(seen.Observation) => Late(seen.Observation),
        Input.Seen seen => Observe(seen.Observation, seen.At, limits),
        _ => throw new InvalidOperationException($"{input.GetType().Name} is not an input"),
    };

    private Decision Observe(Observation observation, DateTimeOffset at, Limits limits) => observation switch
    {
        Observation.Looked looked => Looked(looked, at, limits),
        Observation.RequestAnswered answered => RequestAnswered(answered, at),
        Observation.GuestChanged changed => GuestChanged(changed.Guest, changed.Why, at, limits),
        Observation.GuestReset reset => new Draft(this).Add(new Event.GuestReset(at, Life.Number, reset.ByGuest)).Accept(),
        Observation.ProcessExited exited => Exited(exited.Exit, at, Cause.Crash, limits),
        Observation.Trouble trouble when !Problems.Contains(trouble.Detail) => new Draft(this).Add(new Event.ProblemNoted(at, Life.Number, trouble.Detail)).Accept(),
        Observation.DeadlinePassed passed when passed.Deadline == GoodAt(limits) => new Draft(this).Add(new Event.RanWell(at, Life.Number)).Accept(),
        Observation.Recovered recovered => Recovered(recovered.Finding, at, limits),
        _ when Activity is Activity.Backup backup => Observe(backup, observation, at, limits),
        _ when Activity is Activity.Hibernation hibernation => Observe(hibernation, observation, at, limits),
        _ when Activity is Activity.Migration migration => Observe(migration, observation, at),
        _ => Unexpected(observation),
    };

    private Decision Looked(Observation.Looked looked, DateTimeOffset at, Limits limits)
    {
        var look = Looks.FirstOrDefault(l => l.Operation.Id == looked.Operation);
        if (look is null)
            return Unexpected(looked);

        return looked.Sight switch
        {
            // The exit will be reported too, later: then it is late news, or the answer to what we wait for here.
            Sight.Dying => Ends(new Draft(this), at, Cause.Crash, "found dying by a start", dying: true, limits),
            Sight.Answers answers when Life.EndsWith(answers.Guest) is not null && Activity is Activity.Backup => new Draft(this)
                .End(at, look.Operation, Ending.Refused, $"its guest is {answers.Guest.ToText()}, and its process is held until its backup is made; start it then").Accept(),
            Sight.Answers answers when Life.EndsWith(answers.Guest) is { } cause => Ends(
                new Draft(this).Add(new Event.GuestChanged(at, Life.Number, answers.Guest, "found by a start")),
                at, cause, "found by a start", dying: false, limits),
            Sight.Answers { Guest: GuestState.Panicked } => new Draft(this)
                .End(at, look.Operation, Ending.Refused, "the guest has panicked and its process is preserved; stop it first").Accept(),
            Sight.Answers answers => new Draft(this)
                .End(at, look.Operation, Ending.Succeeded, answers.Guest == GuestState.Running ? "already running" : $"already running, the guest is {answers.Guest.ToText()}")
                .Accept(),
            Sight.Unresponsive => new Draft(this)
                .End(at, look.Operation, Ending.Refused, "monitor unresponsive: its process lives and does not answer; a forced stop ends it").Accept(),
            _ => throw new InvalidOperationException($"{looked.Sight.GetType().Name} is not a sight"),
        };
    }

    private Decision RequestAnswered(Observation.RequestAnswered answered, DateTimeOffset at)
    {
        var request = Requests.FirstOrDefault(r => r.Operation.Id == answered.Operation);
        if (request is null)
            return Unexpected(answered);
        var draft = new Draft(this);
        if (answered.Failure is not null)
            return draft.End(at, request.Operation, Ending.Failed, answered.Failure).Accept();

        // QEMU's own event says the same and may come before or after its answer; whoever asked sees the new state either way.
        GuestState? guest = request.Request switch
        {
            GuestRequest.Pause => GuestState.Paused,
            GuestRequest.Resume => GuestState.Running,
            _ => null,
        };
        if (guest is { } state && state != Life.Guest)
            draft.Add(new Event.GuestChanged(at, Life.Number, state, request.Operation.Kind));
        return draft.End(at, request.Operation, Ending.Succeeded, "").Accept();
    }

    private Decision GuestChanged(GuestState guest, string why, DateTimeOffset at, Limits limits)
    {
        if (guest == Life.Guest || Life.IsStale(guest))
            return new Decision.Ignored($"the guest is known to be {guest.ToText()}");
        var draft = new Draft(this).Add(new Event.GuestChanged(at, Life.Number, guest, why));
        if (guest == GuestState.IoError && Activity is Activity.Migration { Phase: MigrationPhase.Send } migration)
            return GiveUp(draft, migration, at, new Outcome(Ending.Failed, "the guest got an I/O error, and stays where a person can see to it"));
        return EndsNow(guest) is { } cause ? Ends(draft, at, cause, why, dying: false, limits) : draft.Accept();
    }

    /// <summary>A guest that ends during its backup is held until that is made.</summary>
    private Cause? EndsNow(GuestState guest) => Activity is Activity.Backup ? null : Life.EndsWith(guest);

    private Decision Exited(ProcessExit exit, DateTimeOffset at, Cause cause, Limits limits) => Exited(exit, at, cause, $"QEMU ended: {exit}", limits);

    private Decision Exited(ProcessExit exit, DateTimeOffset at, Cause cause, string detail, Limits limits) => Ends(
        new Draft(this).Add(new Event.ProcessExited(at, Life.Number, exit)), at, cause, detail, dying: false, limits);

    /// <summary>The life ends by itself. Starts that wait for a look get the next one; what was asked of the guest has failed.</summary>
    private Decision Ends(Draft draft, DateTimeOffset at, Cause cause, string detail, bool dying, Limits limits) => Stopping.Advance(
        draft.End(at, Requests.Select(r => r.Operation).Concat(Lost(draft, cause)), Ending.Failed, $"the VM ended first: {cause.ToText()}")
            .Add(new Event.EndBegan(at, Life.Number, cause, detail, dying)),
        at, limits);

    private Decision Stop(
        Input.Asked asked, StopMode mode, TimeSpan? askFor, bool forceAfter, bool keepActive, Limits limits, StopNext next = StopNext.Rest, BackupPlan? backup = null) =>
        Stopping.Advance(
            new Draft(this)
                .End(asked.At, Operations.Except(OfHandover), Ending.Superseded, $"{asked.Operation.Kind} was asked for")
                .Add(new Event.StopAccepted(asked.At, Life.Number, asked.Operation, mode, askFor, forceAfter, keepActive) { Next = next, Backup = backup }),
            asked.At, limits);

    protected override Decision Cancel(Input.Asked asked, Operation target, Limits limits)
    {
        if (Activity?.Operation == target)
            return CancelActivity(asked, target);
        return Requests is [var first, ..] && first.Operation == target
            ? Refuse($"the {target.Kind} cannot be cancelled: the monitor has it already")
            : CancelWaiting(asked, target);
    }

    private Decision Recovered(Finding finding, DateTimeOffset at, Limits limits)
    {
        switch (finding)
        {
            case Finding.Gone gone:
                return gone.HostRebooted
                    ? Exited(ProcessExit.Unknowable, at, Cause.HostReboot, "the host was rebooted", limits)
                    : Exited(ProcessExit.Unknowable, at, Cause.Crash, limits);
            case Finding.Ambiguous ambiguous:
                return new Draft(this).Add(new Event.ProblemNoted(at, Life.Number, ambiguous.Reason)).Accept();
            case Finding.Alive alive:
                var draft = new Draft(this).Add(new Event.Adopted(at, Life.Number, alive.Process));

                // Pausing and resuming twice is harmless. A reset may have happened, and must not happen twice.
                draft.End(
                    at, Requests.Where(r => r.Request == GuestRequest.Reset).Select(r => r.Operation), Ending.Failed,
                    "the supervisor was restarted before the monitor answered; whether the guest was reset is unknown");
                if (Activity is Activity.Hibernation { Undo: null })
                {
                    draft.Add(new Event.HibernationFailed(
                        at, Life.Number, new Outcome(Ending.Failed, "the supervisor was restarted while the guest's memory was being written; the guest goes on")));
                }

                Interrupted(draft, at);
                if (alive.Guest is not { } guest || guest == Life.Guest)
                    return draft.Accept();
                draft.Add(new Event.GuestChanged(at, Life.Number, guest, "found at adoption"));
                return EndsNow(guest) is { } cause
                    ? ((Running)draft.State).Ends(draft, at, cause, "found at adoption", dying: false, limits)
                    : draft.Accept();
            default:
                throw new InvalidOperationException($"{finding.GetType().Name} is not a finding");
        }
    }
}

/// <summary>A start that waits for a look at the process.</summary>
internal sealed record PendingLook(Operation Operation, bool Paused);

/// <summary>Something that was asked of the guest's machine.</summary>
internal sealed record PendingRequest(Operation Operation, GuestRequest Request);
