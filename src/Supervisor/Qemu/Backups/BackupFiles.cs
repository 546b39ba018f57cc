using System.Runtime.InteropServices;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Linux;

namespace VmSupervisor.Qemu.Backups;

/// <summary>The files of one backup.</summary>
/// <remarks>
/// QEMU writes to <c>TARGET.TAG.partial</c>; a target never exists incomplete. When all are complete, each gets its name
/// by a hard link, which refuses to replace and leaves the proof that the target is ours: it is the same file as the
/// partial one. That one goes last. So at any moment the files alone tell whose they are and whether all is done.
/// </remarks>
internal sealed class BackupFiles(BackupRequest request, BackupNames names)
{
    /// <summary>Why a target cannot be made; null when all can.</summary>
    public string? Conflict()
    {
        if (request.Disks.GroupBy(d => Path.GetFullPath(d.Target)).FirstOrDefault(g => g.Count() > 1) is { } twice)
            return $"{twice.Key} is the target of several disks; each needs a file of its own";
        return request.Disks.FirstOrDefault(d => (File.Exists(d.Target) || Directory.Exists(d.Target)) && !IsOurs(d)) is { } taken
            ? $"{taken.Target} exists already; choose another target or remove it"
            : null;
    }

    /// <summary>Whether all targets are in their place, complete.</summary>
    public bool ArePublished => request.Disks.All(d => File.Exists(d.Target) && (!File.Exists(names.Partial(d)) || IsOurs(d)));

    /// <summary>Whether all targets are in their place and surely this request's.</summary>
    public bool AreOurs => request.Disks.All(IsOurs);

    /// <summary>Makes the file that QEMU writes to.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public void Create(BackupDisk disk, long size)
    {
        using var file = new FileStream(names.Partial(disk), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,

            // A raw target must have its disk's size from the beginning; one of qcow2 is formatted by QEMU.
            PreallocationSize = disk.Format == DiskFormat.Raw ? size : 0,
        });
        if (disk.Format == DiskFormat.Raw)
            file.SetLength(size);
    }

    /// <summary>
    /// Opens what QEMU has written, before QEMU closes it: an error of writing is told to those who had the file open by
    /// then, and QEMU's last flush ignores it.
    /// </summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public IReadOnlyList<(BackupDisk Disk, FileDescriptor File)> OpenComplete() =>
        [.. request.Disks.Where(d => File.Exists(names.Partial(d))).Select(d => (d, FileDescriptor.Open(names.Partial(d), LibC.OpenReadOnly)))];

    /// <summary>Gives all their names. May be repeated.</summary>
    /// <exception cref="IOException">A target exists that is not ours, or cannot be made.</exception>
    public void Publish()
    {
        foreach (var disk in request.Disks.Where(d => File.Exists(names.Partial(d)) && !IsOurs(d)))
        {
            if (LibC.Link(names.Partial(disk), disk.Target) == 0)
                continue;
            switch (Marshal.GetLastPInvokeError())
            {
                case LibC.Exists:
                    throw new IOException($"{disk.Target} was made by somebody else while the backup ran");

                // A file system without hard links, such as exFAT.
                case LibC.NotPermitted or LibC.NotSupported:
                    File.Move(names.Partial(disk), disk.Target, overwrite: false);
                    break;
                default:
                    throw LibC.Failure($"cannot make {disk.Target}");
            }
        }

        SyncDirectories();
    }

    /// <summary>Ends the proof; all is done then.</summary>
    public void RemoveSecondNames()
    {
        foreach (var disk in request.Disks)
            File.Delete(names.Partial(disk));
    }

    /// <summary>The sizes of the targets, summed.</summary>
    public long Size() => request.Disks.Sum(d => new FileInfo(d.Target).Length);

    /// <summary>Removes what is surely ours.</summary>
    public void Remove()
    {
        foreach (var disk in request.Disks)
        {
            if (IsOurs(disk))
                File.Delete(disk.Target);
            if (Directory.Exists(Path.GetDirectoryName(disk.Target)))
                File.Delete(names.Partial(disk));
        }
    }

    private bool IsOurs(BackupDisk disk) =>
        FileNumber.Of(names.Partial(disk)) is { } partial && FileNumber.Of(disk.Target) is { } target && partial.Number == target.Number;

    private void SyncDirectories()
    {
        foreach (var directory in request.Disks.Select(d => Path.GetDirectoryName(Path.GetFullPath(d.Target))!).Distinct())
            DurableFile.SyncDirectory(directory);
    }
}
