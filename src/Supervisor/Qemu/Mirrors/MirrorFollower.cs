using VmSupervisor.Qemu.Backups;
using VmSupervisor.Qemu.Monitor;

namespace VmSupervisor.Qemu.Mirrors;

/// <summary>Follows the mirrors of a source, and ends them.</summary>
/// <remarks>
/// Checked on 7.2. Events tell only when to look: the status that counts is <c>query-jobs</c>, since jobs that are not dismissed
/// are not lost. A mirror is <c>running</c>, then <c>ready</c> and stays so. One that was ended when ready is <c>waiting</c>,
/// <c>pending</c> and <c>concluded</c> without an error, with <c>BLOCK_JOB_COMPLETED</c> just before, and keeps that; one that
/// was cancelled says <c>BLOCK_JOB_CANCELLED</c> and keeps the error "Operation canceled"; one that failed keeps its error and is
/// concluded, with <c>BLOCK_JOB_COMPLETED</c> as well.
/// </remarks>
internal sealed class MirrorFollower(MirrorSession session, MirrorRequest request, Action<MirrorProgress> progress)
{
    private const string Cancelled = "Operation canceled";
    private long? toldAt;

    public Task<MirrorStage> RunAsync(MirrorStage? known, CancellationToken cancellationToken) => TryAsync(async () =>
    {
        while (true)
        {
            var jobs = await session.JobsPatientlyAsync(cancellationToken);
            var stage = Stage(jobs);
            var isNews = stage is not null && stage.GetType() != known?.GetType();
            Tell(jobs, isNews);
            if (isNews)
                return stage!;
            await session.WaitAsync(cancellationToken);
        }
    });

    public Task<MirrorStage> CompleteAsync(CancellationToken cancellationToken) => TryAsync(async () =>
    {
        while (true)
        {
            var jobs = await session.JobsPatientlyAsync(cancellationToken);
            switch (Stage(jobs))
            {
                case MirrorStage.Failed failed:
                    return failed;
                case MirrorStage.Completed completed:
                    await session.CloseAsync(request.Disks, cancellationToken);
                    return completed;
            }

            // What is not ready would be cancelled by that.
            if (jobs.FirstOrDefault(job => job.IsUnderWay) is { } early)
                return new MirrorStage.Failed($"{DiskOf(early)} is not copied yet ({early.Done} of {early.Total} bytes)");
            foreach (var job in jobs.Where(IsReady))
                await session.Monitor.TryAsync(MirrorCommands.Complete(job.Id), cancellationToken);
            await session.WaitAsync(cancellationToken);
        }
    });

    private static bool IsReady(QmpJob job) => job.Status == "ready";

    private static async Task<MirrorStage> TryAsync(Func<Task<MirrorStage>> run)
    {
        try
        {
            return await run();
        }
        catch (MonitorTrouble trouble)
        {
            return trouble.Failure.Unreachable ? new MirrorStage.Unreachable(trouble.Failure.Reason) : new MirrorStage.Failed(trouble.Failure.Reason);
        }
    }

    /// <summary>The stage that they stand at together; null when they are on their way.</summary>
    private MirrorStage? Stage(IReadOnlyList<QmpJob> jobs)
    {
        if (jobs.Where(job => job.Error is not null).OrderBy(job => job.Error == Cancelled).ThenBy(DiskOf, StringComparer.Ordinal).FirstOrDefault() is { } failed)
            return new MirrorStage.Failed($"{DiskOf(failed)}: {(failed.Error == Cancelled ? "its mirror was cancelled" : failed.Error)}");
        if (request.Disks.FirstOrDefault(disk => jobs.All(job => job.Id != session.Names.Job(disk))) is { } none)
            return new MirrorStage.Failed($"QEMU has no mirror of {none}");
        return jobs.All(job => job.IsConcluded) ? new MirrorStage.Completed() : jobs.All(IsReady) ? new MirrorStage.Ready() : null;
    }

    private string DiskOf(QmpJob job) => request.Disks.FirstOrDefault(disk => session.Names.Job(disk) == job.Id) ?? job.Id;

    private void Tell(IReadOnlyList<QmpJob> jobs, bool always)
    {
        if (jobs.Count == 0 || (!always && toldAt is { } at && session.Time.GetElapsedTime(at) < MirrorSession.Turn))
            return;
        toldAt = session.Time.GetTimestamp();
        progress(new(jobs.Sum(job => job.Done), jobs.Sum(job => job.Total)));
    }
}
