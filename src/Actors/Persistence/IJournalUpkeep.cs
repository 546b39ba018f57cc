namespace VmSupervisor.Actors.Persistence;

/// <summary>A journal that can be copied and examined while it is in use. Not every journal does that itself.</summary>
public interface IJournalUpkeep
{
    /// <summary>Which journal it is.</summary>
    JournalIdentity Identity { get; }

    /// <summary>
    /// Copies the journal as it is at one moment into a new file, with a checksum over all of it; writers go on
    /// meanwhile. The file appears when it is whole and durable.
    /// </summary>
    /// <param name="path">Where, absolute; nothing must be there.</param>
    /// <param name="source">Whose journal it is, for whoever finds the file.</param>
    /// <param name="cancellationToken">Gives up; nothing is left then.</param>
    /// <exception cref="IOException">It cannot be written there.</exception>
    /// <exception cref="Batching.JournalException">The journal cannot be read.</exception>
    Task<JournalReport> BackUpAsync(string path, string source, CancellationToken cancellationToken = default);

    /// <summary>Reads all of the journal as it is at one moment and says what is wrong with it; writers go on meanwhile.</summary>
    /// <param name="serializer">What must be able to read every event.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<JournalReport> VerifyAsync(IEventSerializer serializer, CancellationToken cancellationToken = default);
}

/// <summary>Which journal something stands in. What was told to others about one epoch need not hold in another.</summary>
/// <param name="Journal">Given when it was made; restoring a backup does not change it.</param>
/// <param name="Epoch">Another one after every restore: what was written after the backup is missing since.</param>
public sealed record JournalIdentity(string Journal, string Epoch);

/// <summary>What a journal, or a backup of one, holds, and what is wrong with it.</summary>
/// <param name="File">Where it is.</param>
public sealed record JournalReport(string File)
{
    /// <summary>Which journal; null when that cannot be read.</summary>
    public JournalIdentity? Identity { get; init; }

    /// <summary>The size of the file in bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>How many streams have events.</summary>
    public long Streams { get; init; }

    /// <summary>How many events there are.</summary>
    public long Events { get; init; }

    /// <summary>The position of the last one.</summary>
    public long Position { get; init; }

    /// <summary>What a backup says of itself; null for a journal.</summary>
    public BackupLabel? Backup { get; init; }

    /// <summary>What is wrong, a line each; empty when nothing is.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];
}

/// <summary>What a backup says of itself.</summary>
/// <param name="Source">Whose journal it is a copy of.</param>
/// <param name="TakenAt">When it was taken.</param>
/// <param name="Sha256">The checksum of its content and of this, in hexadecimal.</param>
public sealed record BackupLabel(string Source, DateTimeOffset TakenAt, string Sha256);
