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
/// of the disk's size. QEMU reads the disks through its own node, so that a guest with a read-only or an I/O-thread's disk
/// is nothing special; the target goes to the disk's thread (checked on 7.2).
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
        var sizes = (await session.Monitor.AskAsync(BlockCommands.QueryNodes, cancellationToken)).Sizes;
        foreach (var disk in request.Disks)
        {
            if (!sizes.TryGetValue(disk.Name, out var size))
                throw new IOException($"QEMU has no disk '{disk.Name}' to back up");
            session.Files.Create(disk, size);
            if (disk.Format == DiskFormat.Qcow2)
                await FormatAsync(disk, size, cancellationToken);
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
