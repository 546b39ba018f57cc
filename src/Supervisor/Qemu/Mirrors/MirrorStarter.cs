using VmSupervisor.Domain;
using VmSupervisor.Qemu.Backups;
using VmSupervisor.Qemu.Monitor;

namespace VmSupervisor.Qemu.Mirrors;

/// <summary>Begins the mirrors of a source, each once. 7.2 has no transaction for them, so some may be there already.</summary>
internal static class MirrorStarter
{
    /// <exception cref="MonitorTrouble">QEMU refused or did not answer.</exception>
    public static async Task RunAsync(MirrorSession session, MirrorRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await BeginAsync(session, request, cancellationToken);
        }
        catch (MonitorTrouble trouble) when (!trouble.Failure.Unreachable)
        {
            await session.UndoAsync(request.Disks, cancellationToken);
            throw;
        }
    }

    /// <summary>The limit of one of so many that share one.</summary>
    public static long? Share(long? bytesPerSecond, int among) => bytesPerSecond is { } limit ? Math.Max(1, limit / among) : null;

    private static async Task BeginAsync(MirrorSession session, MirrorRequest request, CancellationToken cancellationToken)
    {
        var jobs = (await session.JobsAsync(cancellationToken)).Select(job => job.Id).ToHashSet();
        await TlsCredentials.GiveAsync(session.Monitor, request.Tls, TlsCredentials.Client, cancellationToken);
        var nodes = (await session.Monitor.AskAsync(BlockCommands.QueryNodes, cancellationToken)).All;
        foreach (var disk in request.Disks.Where(disk => !jobs.Contains(session.Names.Job(disk))))
        {
            if (!nodes.TryGetValue(disk, out var node))
                throw Refused($"QEMU has no disk '{disk}' to mirror");

            // While it is copied it looks writable to its device; see the backups, which 7.2 ends by an assertion there.
            if (node.IsReadonly)
                throw Refused($"{disk} is read-only and cannot be mirrored; copy its image");
            var target = session.Names.Node(disk);
            if (nodes.ContainsKey(target))
                await session.Monitor.AskAsync(BlockCommands.Close(target), cancellationToken);
            await session.Monitor.AskAsync(MirrorCommands.Connect(target, request, session.Names.Export(disk)), cancellationToken);
            var speed = Share(request.BytesPerSecond, request.Disks.Count);
            await session.Monitor.AskAsync(MirrorCommands.Mirror(session.Names.Job(disk), disk, target, speed, request.Synchronous), cancellationToken);
        }
    }

    private static MonitorTrouble Refused(string reason) => new(new MonitorResult.Failed(reason, Unreachable: false), null);
}
