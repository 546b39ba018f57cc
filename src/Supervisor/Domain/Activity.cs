using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Domain;

/// <summary>What a running VM is busy with, besides running; one thing at a time.</summary>
/// <param name="Operation">Who asked for it; it ends with the activity.</param>
internal abstract record Activity(Operation Operation)
{
    /// <summary>Its disks are copied.</summary>
    public sealed record Backup(Operation Operation, BackupPlan Plan, BackupPhase Phase) : Activity(Operation)
    {
        /// <summary>Starts that came meanwhile: the guest is continued for them.</summary>
        public ValueList<Operation> Starts { get; init; } = [];
    }

    /// <summary>Its memory is written to a file, to go on from there in another life.</summary>
    /// <param name="Operation">Who asked for it.</param>
    /// <param name="WasRunning">Whether the guest ran before.</param>
    /// <param name="Undo">Not null when it is taken back, and why.</param>
    public sealed record Hibernation(Operation Operation, bool WasRunning, Outcome? Undo) : Activity(Operation);

    /// <summary>Its guest is sent to another node. From the request to finish on it is a <see cref="Handover"/> instead.</summary>
    /// <param name="Operation">Who asked for it.</param>
    /// <param name="Plan">How.</param>
    /// <param name="WasRunning">Whether the guest ran before.</param>
    /// <param name="Phase">How far it has come.</param>
    public sealed record Migration(Operation Operation, MigrationPlan Plan, bool WasRunning, MigrationPhase Phase) : Activity(Operation)
    {
        /// <summary>The session, once there is one.</summary>
        public MigrationSession? Session => Phase switch
        {
            MigrationPhase.Prepare prepare => prepare.Session,
            MigrationPhase.Send send => send.Session,
            MigrationPhase.GiveUp up => up.Session,
            _ => null,
        };
    }
}

/// <summary>How something ends that is still being undone.</summary>
internal sealed record Outcome(Ending Ending, string Detail);

/// <summary>How the moment of a backup comes about, in the words that operators know.</summary>
internal enum BackupMode
{
    /// <summary>The guest is shut down; the copy is of its disks at rest, and the guest goes on while it is made.</summary>
    Stop,

    /// <summary>The guest's CPUs are stopped for that moment.</summary>
    Suspend,

    /// <summary>The guest is not disturbed; its file systems are frozen for that moment if it has an agent.</summary>
    Snapshot,
}

/// <summary>What is to be copied, and what is to become of the guest.</summary>
/// <param name="Mode">How the moment comes about.</param>
/// <param name="Files">The disks and their copies.</param>
/// <param name="BytesPerSecond">No faster than this; null for as fast as it goes.</param>
/// <param name="ThenRun">Whether the guest runs while the copy is made, and the VM stays up after it.</param>
internal sealed record BackupPlan(BackupMode Mode, ValueList<BackupFile> Files, long? BytesPerSecond, bool ThenRun);

/// <summary>One disk and its copy.</summary>
/// <param name="Disk">The disk's place: <c>disk0</c>, …</param>
/// <param name="Target">A file that does not exist yet, absolute.</param>
/// <param name="Format">Its format.</param>
internal sealed record BackupFile(string Disk, string Target, DiskFormat Format);

/// <summary>A backup whose life is still to come.</summary>
internal sealed record PendingBackup(Operation Operation, BackupPlan Plan);

/// <summary>How far a backup has come.</summary>
internal abstract record BackupPhase
{
    /// <summary>The jobs are being begun, all at one moment.</summary>
    /// <param name="Continues">Whether the guest runs only after it.</param>
    public sealed record Begin(bool Continues) : BackupPhase;

    /// <summary>The copies are being made.</summary>
    /// <param name="Continues">Whether the guest, stopped for the sake of the moment, is to be continued first.</param>
    public sealed record Copy(bool Continues) : BackupPhase;

    /// <summary>It did not come to a good end: jobs are cancelled, files removed.</summary>
    /// <param name="Continues">Whether the guest, stopped for the sake of the moment, is to be continued.</param>
    /// <param name="Outcome">How the operation ends.</param>
    public sealed record Undo(bool Continues, Outcome Outcome) : BackupPhase;
}

/// <summary>A guest's memory in a file: the next life goes on from it.</summary>
/// <param name="Of">The incarnation whose it is; names the file.</param>
/// <param name="Definition">What that was: another machine could not take it.</param>
/// <param name="WasRunning">Whether the guest ran.</param>
/// <param name="At">When.</param>
internal sealed record SavedMemory(Incarnation Of, VmDefinition Definition, bool WasRunning, DateTimeOffset At);
