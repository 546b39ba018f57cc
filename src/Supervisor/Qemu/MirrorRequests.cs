using VmSupervisor.Contracts;

namespace VmSupervisor.Qemu;

/// <summary>What a target is to export.</summary>
/// <param name="Session">The session's identity; the source is given the same.</param>
/// <param name="Disks">As the plan names them: <c>disk0</c>, …</param>
/// <param name="At">Where.</param>
internal sealed record ExportRequest(string Session, ValueList<string> Disks, ListenPlace At)
{
    /// <summary>Encryption; null for none.</summary>
    public MigrationTls? Tls { get; init; }
}

/// <summary>What became of exports.</summary>
internal abstract record ExportResult
{
    private ExportResult()
    {
    }

    /// <summary>All disks are exported.</summary>
    /// <param name="At">Where.</param>
    public sealed record Exported(MigrationAddress At) : ExportResult;

    /// <summary>None is.</summary>
    /// <param name="Reason">One line for a person.</param>
    /// <param name="Unreachable">Whether the monitor did not answer, so that some may be.</param>
    public sealed record Failed(string Reason, bool Unreachable) : ExportResult;
}

/// <summary>Mirrors that are wanted.</summary>
/// <param name="Session">The session's identity: what was made for it is recognised by it.</param>
/// <param name="Disks">
/// As the plan names them: <c>disk0</c>, …; the target's images have the same sizes. Read-only ones are refused.
/// </param>
/// <param name="To">Where the target exports.</param>
internal sealed record MirrorRequest(string Session, ValueList<string> Disks, MigrationAddress To)
{
    /// <summary>The limit over all disks; null for none. 7.2 copies the first 16 MiB of each without looking at it.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>
    /// Whether a write of the guest is done when the target has it, too: then a guest that writes faster than the mirror
    /// comes to an end, and waits with a target that freezes.
    /// </summary>
    public bool Synchronous { get; init; }

    /// <summary>Encryption; null for none.</summary>
    public MigrationTls? Tls { get; init; }

    /// <summary>
    /// How long the target may take to connect, in whole seconds; 2 s. QEMU waits for it, and its guest with it; without a limit 7.2
    /// waits for ever.
    /// </summary>
    public TimeSpan ConnectsWithin { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>Where the mirrors of a source stand.</summary>
internal abstract record MirrorStage
{
    private MirrorStage()
    {
    }

    /// <summary>Every disk was copied once, and what the guest writes follows.</summary>
    public sealed record Ready : MirrorStage;

    /// <summary>They were ended in a good way: the target has what the source had then.</summary>
    public sealed record Completed : MirrorStage;

    /// <summary>One of them failed, was cancelled or is not there. The others may go on, until they are cancelled.</summary>
    /// <param name="Reason">One line for a person.</param>
    public sealed record Failed(string Reason) : MirrorStage;

    /// <summary>The monitor does not answer; a target that is frozen may be why.</summary>
    /// <param name="Reason">One line for a person.</param>
    public sealed record Unreachable(string Reason) : MirrorStage;
}

/// <summary>How far mirrors are, in bytes over all disks.</summary>
/// <param name="Done">Copied.</param>
/// <param name="Total">To copy in all; grows while the guest writes.</param>
internal sealed record MirrorProgress(long Done, long Total);

/// <summary>How large disks are.</summary>
internal abstract record DiskSizes
{
    private DiskSizes()
    {
    }

    /// <summary>In bytes, by the disks' names.</summary>
    /// <param name="All">Also those that are read-only.</param>
    public sealed record Known(IReadOnlyDictionary<string, long> All) : DiskSizes;

    /// <summary>QEMU did not say.</summary>
    /// <param name="Reason">One line for a person.</param>
    public sealed record Failed(string Reason) : DiskSizes;
}
