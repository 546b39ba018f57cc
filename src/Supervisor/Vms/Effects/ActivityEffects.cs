using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;
using VmSupervisor.Resources;

namespace VmSupervisor.Vms.Effects;

/// <summary>Does what an activity of a running VM wants: backups, and memory to and from files.</summary>
internal sealed class ActivityEffects(World world)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task<Observation> BeginBackupAsync(ProcessKey key, Effect.BeginBackup begin, Action<Observation> report, CancellationToken token)
    {
        var n = begin.Incarnation;
        if (begin.Pause && await world.Hypervisor.PauseAsync(key, token) is MonitorResult.Failed deaf)
            return new Observation.BackupEnded(n, begin.Operation, 0, $"the guest could not be paused: {deaf.Reason}");
        var request = BackupRequests.Of(begin.Operation, begin.Files) with { BytesPerSecond = begin.BytesPerSecond, Freeze = begin.Freeze };
        switch (await world.Backups.StartAsync(key, request, token))
        {
            case BackupStart.Started started:
                if (started.Warning is { } warning)
                    report(new Observation.Trouble(n, warning));
                return new Observation.BackupBegan(n, begin.Operation, started.Frozen);
            case BackupStart.Failed failed:
                return new Observation.BackupEnded(n, begin.Operation, 0, failed.Reason);
            case var other:
                throw new InvalidOperationException($"{other.GetType().Name} is not the start of a backup");
        }
    }

    /// <summary>Also when the monitor is lost on the way: the process's end, or the jobs' own, decides.</summary>
    public async Task<Observation> FollowBackupAsync(
        ProcessKey key, Effect.FollowBackup follow, Action<OperationId, OperationProgress> progress, CancellationToken token)
    {
        while (true)
        {
            switch (await world.Backups.FollowAsync(
                key, BackupRequests.Of(follow.Operation, follow.Files), p => progress(follow.Operation, new(p.Done, p.Total)), token))
            {
                case BackupEnd.Completed completed:
                    return new Observation.BackupEnded(follow.Incarnation, follow.Operation, completed.Bytes, null);
                case BackupEnd.Failed failed:
                    return new Observation.BackupEnded(follow.Incarnation, follow.Operation, 0, failed.Reason);
                default:
                    await Task.Delay(Pause, world.Time, token);
                    break;
            }
        }
    }

    public async Task<Observation> UndoBackupAsync(ProcessKey key, Effect.UndoBackup undo, Action<Observation> report, CancellationToken token)
    {
        await UntilDoneAsync(() => world.Backups.CancelAsync(key, BackupRequests.Of(undo.Operation, undo.Files), token), undo, report, token);
        return new Observation.BackupUndone(undo.Incarnation, undo.Operation, await ContinueAsync(key, undo.ThenContinue, token));
    }

    public async Task<Observation> SaveMemoryAsync(
        ProcessKey key, Effect.SaveMemory save, Action<OperationId, OperationProgress> progress, CancellationToken token)
    {
        try
        {
            var path = world.Memories.Prepare(key.Vm, save.Incarnation);
            return await world.Memory.SaveAsync(key, path, p => progress(save.Operation, new(p.Done, p.Done + p.Remaining)), token) switch
            {
                SaveResult.Saved saved => new Observation.MemorySaved(save.Incarnation, save.Operation, saved.Bytes),
                SaveResult.Failed failed => new Observation.SaveFailed(save.Incarnation, save.Operation, failed.Reason),
                var other => throw new InvalidOperationException($"{other.GetType().Name} is not a save's result"),
            };
        }
        catch (ResourceException e)
        {
            return new Observation.SaveFailed(save.Incarnation, save.Operation, e.Message);
        }
    }

    public async Task<Observation> UndoSaveAsync(ProcessKey key, Effect.UndoSave undo, Action<Observation> report, CancellationToken token)
    {
        await UntilDoneAsync(() => world.Memory.DiscardAsync(key, world.Memories.PathOf(key.Vm, undo.Incarnation), token), undo, report, token);
        return new Observation.SaveUndone(undo.Incarnation, undo.Operation, await ContinueAsync(key, undo.ThenContinue, token));
    }

    /// <summary>A monitor that does not answer now may do so later; if its process ends, this is given up.</summary>
    private async Task UntilDoneAsync(Func<Task<MonitorResult>> attempt, Effect undo, Action<Observation> report, CancellationToken token)
    {
        while (await attempt() is MonitorResult.Failed failed)
        {
            // What does not pass by itself needs a person.
            if (!failed.Unreachable)
                report(new Observation.Trouble(undo.Incarnation, $"what is unfinished cannot be undone: {failed.Reason}"));
            await Task.Delay(Pause, world.Time, token);
        }
    }

    private async Task<string?> ContinueAsync(ProcessKey key, bool wanted, CancellationToken token) =>
        wanted && await world.Hypervisor.ContinueAsync(key, token) is MonitorResult.Failed failed
            ? $"its guest is paused and could not be continued: {failed.Reason}; 'vmsup resume' tries again"
            : null;
}
