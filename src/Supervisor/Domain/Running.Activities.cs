using VmSupervisor.Contracts;

namespace VmSupervisor.Domain;

/// <summary>A running VM that is backed up or suspended to disk.</summary>
/// <remarks>
/// <code>
///  Backup       Begin ─▶ Copy (continue, then follow) ─▶ done            stop mode begins in <see cref="Starting"/>,
///                 └────────┴──▶ Undo ─▶ failed, cancelled                 paused, with the volumes of the life before
///  Hibernation  save ─▶ saved ─▶ <see cref="Stopping"/>, whose CleanedUp remembers the file
///                 └──▶ Undo ─▶ failed, cancelled
/// </code>
/// Nothing of the kind locks the VM: a forced stop ends it at once, and the cleanup removes what is unfinished.
/// </remarks>
internal sealed partial record Running
{
    /// <summary>Why a wish has to wait for an activity; null when it need not.</summary>
    private string? WhyBusy(Wish wish) => (Activity, wish) switch
    {
        (null, Wish.Backup or Wish.Hibernate or Wish.Migrate) when Requests is [var first, ..] => $"a {first.Operation.Kind} is under way; ask again when it is done",
        (null, _) => null,
        (Activity.Backup { Plan.ThenRun: false }, Wish.Guest { Request: GuestRequest.Resume }) =>
            "it is up for its backup only; 'vmsup start' lets its guest run",
        (Activity.Backup, Wish.Start or Wish.Guest) or (Activity.Migration, Wish.Start) => null,
        (Activity.Migration migration, _) =>
            $"it is being sent to node {migration.Plan.Target} (operation {migration.Operation.Id}); wait for that, cancel it, or stop the VM by force",
        (Activity.Backup backup, _) => $"a backup is under way (operation {backup.Operation.Id}); wait for it, cancel it, or stop the VM by force",
        (Activity.Hibernation hibernation, _) =>
            $"it is being suspended to disk (operation {hibernation.Operation.Id}); wait for that, cancel it, or stop the VM by force",
        _ => throw new InvalidOperationException($"{Activity.GetType().Name} is not an activity"),
    };

    private Decision Backup(Input.Asked asked, Wish.Backup wish, Limits limits)
    {
        if (BackupRule.WhyNot(Life.Definition) is { } why)
            return Refuse(why);
        var plan = BackupRule.PlanOf(wish, Life.Definition, thenRun: true);
        return wish.Mode == BackupMode.Stop
            ? Stop(asked, StopMode.Ask, Life.Definition.ShutdownTimeout, false, false, limits, StopNext.Backup, plan)
            : new Draft(this).Add(new Event.BackupAccepted(asked.At, Life.Number, asked.Operation, plan)).Accept();
    }

    private Decision Hibernate(Input.Asked asked) => Life.Guest is GuestState.Running or GuestState.Paused
        ? new Draft(this).Add(new Event.HibernationAccepted(asked.At, Life.Number, asked.Operation)).Accept()
        : Refuse($"its guest is {Life.Guest.ToText()}; only one that is running or paused can be suspended to disk");

    private Decision Observe(Activity.Backup backup, Observation observation, DateTimeOffset at, Limits limits)
    {
        var draft = new Draft(this);
        switch (observation, backup.Phase)
        {
            case (Observation.BackupBegan began, BackupPhase.Begin) when began.Operation == backup.Operation.Id:
                return draft.Add(new Event.BackupBegan(at, Life.Number, began.Frozen)).Accept();

            case (Observation.Continued, BackupPhase.Copy { Continues: true }):
                return draft.Add(new Event.GuestContinued(at, Life.Number)).End(at, backup.Starts, Ending.Succeeded, "").Accept();

            case (Observation.ContinueFailed failed, BackupPhase.Copy { Continues: true }):
                return Fail(draft, at, new Outcome(Ending.Failed, $"the guest could not be continued: {failed.Reason}"));

            case (Observation.BackupEnded { Failure: { } why } ended, BackupPhase.Begin or BackupPhase.Copy) when ended.Operation == backup.Operation.Id:
                return Fail(draft, at, new Outcome(Ending.Failed, why));

            case (Observation.BackupEnded ended, BackupPhase.Copy { Continues: false }) when ended.Operation == backup.Operation.Id:
                draft.Add(new Event.BackupEnded(at, Life.Number, Done: true, ended.Bytes))
                    .End(at, backup.Operation, Ending.Succeeded, "")
                    .End(at, backup.Starts, Ending.Succeeded, "");
                return Resume(draft, backup, at, limits);

            case (Observation.BackupUndone undone, BackupPhase.Undo undo) when undone.Operation == backup.Operation.Id:
                draft.Add(new Event.BackupEnded(at, Life.Number, Done: false, 0)).End(at, backup.Operation, undo.Outcome.Ending, undo.Outcome.Detail);
                draft.End(at, backup.Starts, undone.Failure is null ? Ending.Succeeded : Ending.Failed, undone.Failure ?? "");
                if (undone.Failure is { } failure && !Problems.Contains(failure))
                    draft.Add(new Event.ProblemNoted(at, Life.Number, failure));
                return Resume(draft, backup, at, limits);

            default:
                return Unexpected(observation);
        }

        Decision Fail(Draft draft, DateTimeOffset at, Outcome outcome) => draft.Add(new Event.BackupFailed(at, Life.Number, outcome)).Accept();
    }

    /// <summary>The VM is as it was before its backup: up, or down, or as its guest left it meanwhile.</summary>
    private static Decision Resume(Draft draft, Activity.Backup over, DateTimeOffset at, Limits limits)
    {
        var running = (Running)draft.State;
        if (running.Life.EndsWith(running.Life.Guest) is { } cause)
            return running.Ends(draft, at, cause, "held until its backup was over", dying: false, limits);
        return over.Plan.ThenRun ? draft.Accept() : running.Ends(draft, at, Cause.Backup, "it was down before its backup", dying: false, limits);
    }

    private Decision Observe(Activity.Hibernation hibernation, Observation observation, DateTimeOffset at, Limits limits)
    {
        var draft = new Draft(this);
        switch (observation)
        {
            case Observation.MemorySaved saved when hibernation.Undo is null && saved.Operation == hibernation.Operation.Id:
                var memory = new SavedMemory(Life.Number, Life.Definition, hibernation.WasRunning, at);
                draft.Add(new Event.MemorySaved(at, Life.Number, memory, saved.Bytes));
                return ((Running)draft.State).Ends(draft, at, Cause.Hibernated, "", dying: false, limits);

            case Observation.SaveFailed failed when hibernation.Undo is null && failed.Operation == hibernation.Operation.Id:
                return draft.Add(new Event.HibernationFailed(at, Life.Number, new Outcome(Ending.Failed, failed.Reason))).Accept();

            case Observation.SaveUndone undone when hibernation.Undo is { } undo && undone.Operation == hibernation.Operation.Id:
                draft.Add(new Event.HibernationUndone(at, Life.Number)).End(at, hibernation.Operation, undo.Ending, undo.Detail);
                return (undone.Failure is { } why && !Problems.Contains(why) ? draft.Add(new Event.ProblemNoted(at, Life.Number, why)) : draft).Accept();

            default:
                return Unexpected(observation);
        }
    }

    private Decision CancelActivity(Input.Asked asked, Operation target)
    {
        var outcome = new Outcome(Ending.Cancelled, $"cancelled by {asked.Operation.By}");
        if (Activity is Activity.Migration { Phase: MigrationPhase.Check or MigrationPhase.Prepare or MigrationPhase.Send } migration)
            return GiveUp(new Draft(this).End(asked.At, asked.Operation, Ending.Succeeded, "the migration is being given up"), migration, asked.At, outcome);
        Event? cancelled = Activity switch
        {
            Activity.Backup { Phase: not BackupPhase.Undo } => new Event.BackupFailed(asked.At, Life.Number, outcome),
            Activity.Hibernation { Undo: null } when Life.Saved is null => new Event.HibernationFailed(asked.At, Life.Number, outcome),
            _ => null,
        };
        return cancelled is null
            ? Refuse($"the {target.Kind} is being undone already")
            : new Draft(this).Add(cancelled).End(asked.At, asked.Operation, Ending.Succeeded, $"the {target.Kind} is being undone").Accept();
    }

    /// <summary>The operation that ends without its aim when the life ends for a cause; a backup's starts get the next life.</summary>
    private static IEnumerable<Operation> Lost(Draft draft, Cause cause) =>
        draft.State is Running { Activity: { } activity } && cause is not (Cause.Hibernated or Cause.MigrateOut) ? [activity.Operation] : [];
}
