using VmSupervisor.Domain;

namespace VmSupervisor.Qemu;

/// <summary>The guest's state, all but its disks, to a file. It comes back by <see cref="LaunchRequest.RestoreFrom"/>.</summary>
internal interface IGuestMemory
{
    /// <summary>
    /// Stops the CPUs and writes the guest's state to a new file (mode 0600), which appears under its name when it is
    /// complete and on disk. The CPUs stay stopped, also when it fails or is given up; then no file is left. May be
    /// repeated by another supervisor: what was complete is found, what was under way begins anew.
    /// </summary>
    /// <param name="key">The life.</param>
    /// <param name="path">The file, absolute.</param>
    /// <param name="progress">At most about once a second.</param>
    /// <param name="cancellationToken">Gives up; returns when QEMU does not write any more.</param>
    Task<SaveResult> SaveAsync(ProcessKey key, string path, Action<SaveProgress> progress, CancellationToken cancellationToken);

    /// <summary>
    /// Ends a save, whoever began it and however far it has come: QEMU writes no more, and there is no file. Fine when
    /// there is nothing. The CPUs stay stopped.
    /// </summary>
    Task<MonitorResult> DiscardAsync(ProcessKey key, string path, CancellationToken cancellationToken);
}

/// <summary>What became of a save.</summary>
internal abstract record SaveResult
{
    /// <summary>The file is complete and on disk; the guest must not go on any more unless the file is removed first.</summary>
    /// <param name="Bytes">Its size.</param>
    public sealed record Saved(long Bytes) : SaveResult;

    /// <summary>There is no file.</summary>
    /// <param name="Reason">One line for a person.</param>
    /// <param name="Unreachable">Whether the monitor did not answer.</param>
    public sealed record Failed(string Reason, bool Unreachable) : SaveResult;
}

/// <summary>How far a save is, in bytes of memory.</summary>
/// <param name="Done">Written.</param>
/// <param name="Remaining">Still to go.</param>
internal sealed record SaveProgress(long Done, long Remaining);
