using VmSupervisor.Contracts;

namespace VmSupervisor.Domain;

/// <summary>What events of an activity make of a running VM.</summary>
internal static class ActivityEvolution
{
    /// <summary>The next state; null when the event is about something else.</summary>
    public static Running? Evolve(Running running, Event e) => (running.Activity, e) switch
    {
        (null, Event.BackupAccepted backup) => running with
        {
            Activity = new Activity.Backup(
                backup.Operation, backup.Plan, new BackupPhase.Begin(backup.Plan.Mode == BackupMode.Suspend && running.Life.Guest == GuestState.Running)),
            Life = running.Life.With(new Step.PartialBackup(backup.Operation.Id, backup.Plan.Files)),
        },
        (Activity.Backup backup, Event.BackupJoined joined) => running with
        {
            Activity = (joined.Paused ? backup : backup.Continuing()) with
            {
                Plan = backup.Plan with { ThenRun = true },
                Starts = backup.Starts.Add(joined.Start),
            },
        },
        (Activity.Backup { Phase: BackupPhase.Begin begin } backup, Event.BackupBegan) =>
            running with { Activity = backup with { Phase = new BackupPhase.Copy(begin.Continues) } },
        (Activity.Backup { Phase: BackupPhase.Copy } backup, Event.GuestContinued) =>
            running with { Activity = backup with { Phase = new BackupPhase.Copy(Continues: false) }, Life = running.Life.Continued() },
        (Activity.Backup backup, Event.BackupFailed failed) =>
            running with { Activity = backup with { Phase = new BackupPhase.Undo(backup.Phase is BackupPhase.Begin { Continues: true } or BackupPhase.Copy { Continues: true }, failed.Outcome) } },
        (Activity.Backup, Event.BackupEnded) =>
            running with { Activity = null, Life = running.Life.Without<Step.PartialBackup>() },

        (null, Event.HibernationAccepted hibernation) => running with
        {
            Activity = new Activity.Hibernation(hibernation.Operation, running.Life.Guest == GuestState.Running, Undo: null),
            Life = running.Life.With(new Step.SavedMemory(running.Life.Number, Discard: true)),
        },
        (Activity.Hibernation hibernation, Event.HibernationFailed failed) => running with { Activity = hibernation with { Undo = failed.Outcome } },
        (Activity.Hibernation, Event.HibernationUndone) => running with { Activity = null, Life = running.Life.Without<Step.SavedMemory>() },
        (Activity.Hibernation, Event.MemorySaved saved) => running with { Life = running.Life.Without<Step.SavedMemory>() with { Saved = saved.Memory } },
        _ => null,
    };

    private static Activity.Backup Continuing(this Activity.Backup backup) => backup with
    {
        Phase = backup.Phase switch
        {
            BackupPhase.Begin => new BackupPhase.Begin(Continues: true),
            BackupPhase.Copy => new BackupPhase.Copy(Continues: true),
            BackupPhase.Undo undo => undo with { Continues = true },
            _ => throw new InvalidOperationException($"{backup.Phase.GetType().Name} is not a phase"),
        },
    };
}
