using VmSupervisor.Linux;
using VmSupervisor.Qemu.Monitor;

namespace VmSupervisor.Qemu.Backups;

/// <summary>Follows the copies to their end.</summary>
/// <remarks>
/// Checked on 7.2. A copy that is done waits (<c>waiting</c>) for the others of its transaction; then all are
/// <c>pending</c> and <c>concluded</c>, each with <c>BLOCK_JOB_COMPLETED</c> just before. One that fails says
/// <c>BLOCK_JOB_ERROR</c>, is <c>aborting</c>, says <c>BLOCK_JOB_COMPLETED</c> with its error and is concluded; the others
/// follow with <c>BLOCK_JOB_CANCELLED</c> and the error "Operation canceled". A full target ends the copy and not the
/// guest (see <see cref="BackupSession.UndoAsync"/>). A guest that powers off, panics or is paused does not stop the copies. Events tell only when to look: the status
/// that counts is <c>query-jobs</c>, since events are lost with a connection and jobs that are not dismissed are not.
/// </remarks>
internal sealed class BackupFollower(BackupSession session, Action<BackupProgress> progress, TimeProvider time)
{
    private const string Cancelled = "Operation canceled";
    private long toldAt;
    private BackupProgress? told;
    private int sharers;

    public async Task<BackupEnd> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    return await FollowAsync(cancellationToken);
                }
                catch (MonitorTrouble trouble) when (trouble.MayPass)
                {
                    // A QEMU that waits for a disk answers late; every step may be repeated.
                    await session.Bell.WaitAsync(BackupSession.Turn, cancellationToken);
                }
            }
        }
        catch (MonitorTrouble trouble)
        {
            return trouble.Failure.Unreachable
                ? new BackupEnd.Lost(trouble.Failure.Reason)
                : await FailAsync(trouble.Failure.Reason, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return await FailAsync(e.Message, cancellationToken);
        }
    }

    private async Task<BackupEnd> FollowAsync(CancellationToken cancellationToken)
    {
        while (!session.Files.ArePublished)
        {
            var jobs = (await session.JobsAsync(cancellationToken)).Where(job => session.Names.DiskOf(job.Id) is not null).ToArray();
            if (jobs.Length < session.Request.Disks.Count)
                return await FailAsync("QEMU knows nothing of this backup any more", cancellationToken);
            if (jobs.Where(job => job.Error is not null).OrderBy(job => job.Error == Cancelled).FirstOrDefault() is { } failed)
                return await FailAsync(Reason(failed), cancellationToken);
            Tell(jobs);
            if (jobs.All(job => job.IsConcluded))
            {
                await CompleteAsync(cancellationToken);
                break;
            }

            await ShareSpeedAsync(jobs, cancellationToken);
            await session.Bell.WaitAsync(BackupSession.Turn, cancellationToken);
        }

        await ForgetAsync(cancellationToken);
        return new BackupEnd.Completed(session.Files.Size());
    }

    /// <summary>To disk, then to its name.</summary>
    private async Task CompleteAsync(CancellationToken cancellationToken)
    {
        var files = session.Files.OpenComplete();
        try
        {
            // Most of it before QEMU closes them: closing waits for its own flush, and the monitor waits with it.
            foreach (var (disk, file) in files)
                await SlowCall.SyncAsync(file, disk.Target);
            await session.CloseTargetsAsync(cancellationToken);
            foreach (var (disk, file) in files)
                await SlowCall.SyncAsync(file, disk.Target);
            session.Files.Publish();
        }
        finally
        {
            foreach (var (_, file) in files)
                file.Dispose();
        }
    }

    /// <summary>The files tell that all is done; QEMU may be gone by now.</summary>
    private async Task ForgetAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var job in await session.JobsAsync(cancellationToken))
                await session.Monitor.TryAsync(BlockCommands.Dismiss(job.Id), cancellationToken);
        }
        catch (MonitorTrouble)
        {
            // Concluded jobs of a process that ends go with it.
        }

        try
        {
            session.Files.RemoveSecondNames();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A second name of a complete backup: untidy, and no reason to call it failed.
        }
    }

    private async Task<BackupEnd.Failed> FailAsync(string reason, CancellationToken cancellationToken)
    {
        try
        {
            await session.UndoAsync(cancellationToken);
            return new(reason);
        }
        catch (Exception e) when (e is MonitorTrouble or IOException or UnauthorizedAccessException)
        {
            return new($"{reason}; and what was made of it could not be removed yet: {e.Message}");
        }
    }

    private string Reason(QmpJob failed) => failed.Error == Cancelled
        ? "the backup was cancelled"
        : $"{session.Names.DiskOf(failed.Id)}: {failed.Error} ({session.Request.Disks.FirstOrDefault(d => d.Name == session.Names.DiskOf(failed.Id))?.Target})";

    private void Tell(QmpJob[] jobs)
    {
        var now = new BackupProgress(jobs.Sum(job => job.Done), jobs.Sum(job => job.Total));
        if (now == told || (told is not null && time.GetElapsedTime(toldAt) < BackupSession.Turn))
            return;
        (told, toldAt) = (now, time.GetTimestamp());
        progress(now);
    }

    /// <summary>The limit is over all disks: what one that is done leaves is the others'.</summary>
    private async Task ShareSpeedAsync(QmpJob[] jobs, CancellationToken cancellationToken)
    {
        var running = jobs.Where(job => job.IsUnderWay).ToArray();
        if (session.Request.BytesPerSecond is not { } limit || running.Length == 0 || running.Length == sharers)
            return;
        sharers = running.Length;
        foreach (var job in running)
            await session.Monitor.TryAsync(BlockCommands.SetSpeed(job.Id, Math.Max(1, limit / sharers)), cancellationToken);
    }
}
