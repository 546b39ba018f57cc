using VmSupervisor.Domain;
using VmSupervisor.Qemu.Backups;
using VmSupervisor.Qemu.Launch;
using VmSupervisor.Qemu.Monitor;

namespace VmSupervisor.Qemu.Mirrors;

/// <summary>Mirrors by QEMU's own block jobs, over its own NBD.</summary>
internal sealed class DiskMirrors(IncarnationHandles lives, HypervisorOptions options, TimeProvider time) : IMirrors
{
    /// <inheritdoc/>
    public async Task<ExportResult> ExportAsync(ProcessKey key, ExportRequest request, CancellationToken cancellationToken)
    {
        using var session = Session(key, request.Session);
        try
        {
            return new ExportResult.Exported(await new MirrorExporter(session, request).RunAsync(cancellationToken));
        }
        catch (MonitorTrouble trouble)
        {
            return new ExportResult.Failed(trouble.Failure.Reason, trouble.Failure.Unreachable);
        }
    }

    /// <inheritdoc/>
    public Task<MonitorResult> StopExportsAsync(ProcessKey key, CancellationToken cancellationToken) =>
        TryAsync(key, "", session => MirrorExporter.StopAsync(session, cancellationToken));

    /// <inheritdoc/>
    public async Task<DiskSizes> SizesAsync(ProcessKey key, CancellationToken cancellationToken)
    {
        using var session = Session(key, "");
        try
        {
            var nodes = (await session.Monitor.AskAsync(BlockCommands.QueryNodes, cancellationToken)).All;
            return new DiskSizes.Known(nodes.Where(node => node.Key.StartsWith("disk", StringComparison.Ordinal)).ToDictionary(node => node.Key, node => node.Value.Size));
        }
        catch (MonitorTrouble trouble)
        {
            return new DiskSizes.Failed(trouble.Failure.Reason);
        }
    }

    /// <inheritdoc/>
    public Task<MonitorResult> BeginAsync(ProcessKey key, MirrorRequest request, CancellationToken cancellationToken) =>
        TryAsync(key, request.Session, session => MirrorStarter.RunAsync(session, request, cancellationToken));

    /// <inheritdoc/>
    public async Task<MirrorStage> FollowAsync(ProcessKey key, MirrorRequest request, MirrorStage? known, Action<MirrorProgress> progress, CancellationToken cancellationToken)
    {
        using var session = Session(key, request.Session);
        return await new MirrorFollower(session, request, progress).RunAsync(known, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<MonitorResult> TuneAsync(ProcessKey key, MirrorRequest request, long? bytesPerSecond, CancellationToken cancellationToken) =>
        TryAsync(key, request.Session, async session =>
        {
            // What is ready has the least to send: the others share what there is.
            var jobs = (await session.JobsAsync(cancellationToken)).Where(job => !job.IsConcluded).ToArray();
            var copying = jobs.Where(job => job.IsUnderWay).ToArray() is { Length: > 0 } some ? some : jobs;
            foreach (var job in copying)
                await session.Monitor.TryAsync(BlockCommands.SetSpeed(job.Id, MirrorStarter.Share(bytesPerSecond, copying.Length) ?? 0), cancellationToken);
        });

    /// <inheritdoc/>
    public async Task<MirrorStage> CompleteAsync(ProcessKey key, MirrorRequest request, CancellationToken cancellationToken)
    {
        using var session = Session(key, request.Session);
        return await new MirrorFollower(session, request, _ => { }).CompleteAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task<MonitorResult> CancelAsync(ProcessKey key, MirrorRequest request, CancellationToken cancellationToken) =>
        TryAsync(key, request.Session, session => session.UndoAsync(request.Disks, cancellationToken));

    private MirrorSession Session(ProcessKey key, string id) => new(lives.Of(key), id, options, time);

    private async Task<MonitorResult> TryAsync(ProcessKey key, string id, Func<MirrorSession, Task> run)
    {
        using var session = Session(key, id);
        try
        {
            await run(session);
            return new MonitorResult.Done();
        }
        catch (MonitorTrouble trouble)
        {
            return trouble.Failure;
        }
    }
}
