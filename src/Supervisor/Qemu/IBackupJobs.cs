using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;

namespace VmSupervisor.Qemu;

/// <summary>
/// Copies of a guest's disks that QEMU makes while the guest goes on. None of the calls throws for trouble of QEMU or the
/// host; each may be repeated by another supervisor after this one was killed in the middle.
/// </summary>
internal interface IBackupJobs
{
    /// <summary>
    /// Starts the copies of all disks in one transaction, so that they belong to one moment. Jobs of this request that
    /// exist already are the started ones. Refuses when a target exists. When it fails, everything it made is undone; only
    /// an unreachable monitor can prevent that.
    /// </summary>
    Task<BackupStart> StartAsync(ProcessKey key, BackupRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Follows all jobs to their end, also those that a former supervisor started. The targets appear under their names
    /// when all are complete and on disk, not before. When a job fails, the others end with it and nothing is left.
    /// </summary>
    /// <param name="key">The life.</param>
    /// <param name="request">As it was started.</param>
    /// <param name="progress">At most about once a second.</param>
    /// <param name="cancellationToken">Gives up following; the jobs go on.</param>
    Task<BackupEnd> FollowAsync(ProcessKey key, BackupRequest request, Action<BackupProgress> progress, CancellationToken cancellationToken);

    /// <summary>Returns when QEMU has no job or node of it any more and its files are removed; fine when there is nothing.</summary>
    Task<MonitorResult> CancelAsync(ProcessKey key, BackupRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Removes the files of a backup that did not end well, and no others, once no process has them open any more.
    /// Idempotent.
    /// </summary>
    void RemovePartial(BackupRequest request);
}

/// <summary>A backup that is wanted.</summary>
/// <param name="Id">Its identity: what was made for it is recognised by it.</param>
/// <param name="Disks">What to copy, and where to.</param>
/// <param name="BytesPerSecond">The limit over all disks; null for none.</param>
/// <param name="Freeze">
/// Whether the guest's agent freezes the file systems around the moment of the copy, if one answers; thawed whatever
/// happens.
/// </param>
internal sealed record BackupRequest(string Id, ValueList<BackupDisk> Disks, long? BytesPerSecond, bool Freeze);

/// <summary>A disk to copy. Read-only ones are refused: they need none, and QEMU 7.2 cannot do it safely.</summary>
/// <param name="Name">As the plan names it: <c>disk0</c>, …</param>
/// <param name="Target">The file to make, absolute.</param>
/// <param name="Format">What the file is to be; a raw one takes all of the disk's size, a qcow2 one what has data.</param>
internal sealed record BackupDisk(string Name, string Target, DiskFormat Format);

/// <summary>What became of the start of a backup.</summary>
internal abstract record BackupStart
{
    /// <summary>All jobs run, or have run.</summary>
    /// <param name="Frozen">Whether the file systems were frozen at the moment of the copy.</param>
    public sealed record Started(bool Frozen) : BackupStart
    {
        /// <summary>What a person should know, such as a guest that could not be thawed; null for nothing.</summary>
        public string? Warning { get; init; }
    }

    /// <summary>No job runs.</summary>
    /// <param name="Reason">One line for a person.</param>
    /// <param name="Unreachable">Whether the monitor did not answer, so that jobs, nodes and files may be left.</param>
    public sealed record Failed(string Reason, bool Unreachable) : BackupStart;
}

/// <summary>How a backup ended.</summary>
internal abstract record BackupEnd
{
    /// <summary>All targets are there, complete and on disk.</summary>
    /// <param name="Bytes">The files' sizes, summed.</param>
    public sealed record Completed(long Bytes) : BackupEnd;

    /// <summary>There is no backup.</summary>
    /// <param name="Reason">One line for a person.</param>
    public sealed record Failed(string Reason) : BackupEnd;

    /// <summary>The monitor is gone; the process's end decides.</summary>
    /// <param name="Reason">One line for a person.</param>
    public sealed record Lost(string Reason) : BackupEnd;
}

/// <summary>How far a backup is, in bytes over all disks.</summary>
/// <param name="Done">Copied.</param>
/// <param name="Total">To copy in all; grows while the guest writes.</param>
internal sealed record BackupProgress(long Done, long Total);
