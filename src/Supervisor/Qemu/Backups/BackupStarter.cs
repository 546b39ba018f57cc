using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Qemu.Monitor;

namespace VmSupervisor.Qemu.Backups;

/// <summary>Makes the targets and begins the copies.</summary>
/// <remarks>
/// All of it may be begun again: until the transaction nothing of the guest depends on what was made, so a supervisor
/// that finds no job of the copy removes the rest and makes it anew. The transaction is one command: either all jobs
/// exist after it, or none.
/// <para>
/// No <c>qemu-img</c>: QEMU itself formats a qcow2 target by the job <c>blockdev-create</c> (2 ms), and a raw one is a file
/// of the disk's size, with its space reserved: all of it is written anyway, and a disk that is too full is known before
/// the guest is touched.
/// </para>
/// <para>
/// A read-only disk is refused. While it is copied it looks writable to its device, and a guest that writes to it ends
/// QEMU 7.2 by an assertion (<c>bdrv_co_write_req_prepare: child->perm &amp; BLK_PERM_WRITE</c>).
/// </para>
/// </remarks>
internal sealed class BackupStarter(BackupSession session)
{
    private readonly BackupRequest request = session.Request;
    private readonly BackupNames names = session.Names;

    public async Task<BackupStart> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await FindStartedAsync(cancellationToken) ?? await MakeAsync(cancellationToken);
        }
        catch (MonitorTrouble trouble)
        {
            return new BackupStart.Failed(trouble.Failure.Reason, trouble.Failure.Unreachable);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new BackupStart.Failed(e.Message, Unreachable: false);
        }
    }

    private async Task<BackupStart.Started?> FindStartedAsync(CancellationToken cancellationToken)
    {
        var copies = (await session.JobsAsync(cancellationToken)).Where(job => names.DiskOf(job.Id) is not null).ToArray();
        if (copies.Length == 0 && !session.Files.AreOurs)
            return null;

        // Whoever began them may have been killed before it could thaw the guest.
        var frozen = copies.Any(job => BackupNames.IsFrozen(job.Id));
        var warning = request.Freeze ? await session.Freeze.ThawAsync() : null;
        return new(frozen) { Warning = frozen ? warning : null };
    }

    private async Task<BackupStart> MakeAsync(CancellationToken cancellationToken)
    {
        // What a former attempt has left, before it came to the transaction.
        await session.UndoAsync(cancellationToken);
        if (session.Files.Conflict() is { } conflict)
            return new BackupStart.Failed(conflict, Unreachable: false);
        try
        {
            await MakeTargetsAsync(cancellationToken);
            return await CopyAsync(cancellationToken);
        }
        catch (Exception e) when (e is MonitorTrouble { Failure.Unreachable: false } or IOException or UnauthorizedAccessException)
        {
            await session.UndoAsync(cancellationToken);
            throw;
        }
    }

    private async Task MakeTargetsAsync(CancellationToken cancellationToken)
    {
        var nodes = (await session.Monitor.AskAsync(BlockCommands.QueryNodes, cancellationToken)).All;
        foreach (var disk in request.Disks)
        {
            if (!nodes.TryGetValue(disk.Name, out var node))
                throw new IOException($"QEMU has no disk '{disk.Name}' to back up");
            if (node.IsReadonly)
                throw new IOException($"{disk.Name} is read-only and cannot be backed up; copy its image");
            session.Files.Create(disk, node.Size);
            if (disk.Format == DiskFormat.Qcow2)
                await FormatAsync(disk, node.Size, cancellationToken);
            await session.Monitor.AskAsync(BlockCommands.Open(names.Target(disk), Driver(disk.Format), names.Partial(disk)), cancellationToken);
        }
    }

    private static string Driver(DiskFormat format) => format switch
    {
        DiskFormat.Raw => "raw",
        DiskFormat.Qcow2 => "qcow2",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "no such format"),
    };

    private async Task FormatAsync(BackupDisk disk, long size, CancellationToken cancellationToken)
    {
        var (job, node) = (names.Formatting(disk), names.Unformatted(disk));
        await session.Monitor.AskAsync(BlockCommands.Open(node, "file", names.Partial(disk)), cancellationToken);
        await session.Monitor.AskAsync(BlockCommands.FormatQcow2(job, node, size), cancellationToken);
        QmpJob? ended;
        while ((ended = (await session.JobsAsync(cancellationToken)).FirstOrDefault(j => j.Id == job)) is { IsConcluded: false })
            await session.Bell.WaitAsync(BackupSession.Turn, cancellationToken);
        if (ended?.Error is { } error)
            throw new IOException($"cannot make {disk.Target}: {error}");
        await session.Monitor.AskAsync(BlockCommands.Dismiss(job), cancellationToken);
        await session.Monitor.AskAsync(BlockCommands.Close(node), cancellationToken);
    }

    private async Task<BackupStart> CopyAsync(CancellationToken cancellationToken)
    {
        var frozen = false;
        string? warning = null;
        try
        {
            frozen = request.Freeze && await session.Freeze.FreezeAsync(cancellationToken);
            var speed = request.BytesPerSecond is { } limit ? Math.Max(1, limit / request.Disks.Count) : (long?)null;
            var copies = request.Disks.Select(disk => (names.Job(disk, frozen), disk.Name, names.Target(disk)));
            await session.Monitor.AskAsync(BlockCommands.BackUp(copies, speed), cancellationToken);
        }
        finally
        {
            // Whatever happened: also when this is given up, and when the freeze was refused or not answered.
            if (request.Freeze)
                warning = await session.Freeze.ThawAsync();
        }

        return new BackupStart.Started(frozen) { Warning = warning };
    }
}
