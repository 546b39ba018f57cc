using VmSupervisor.Actors.Persistence.Batching;

namespace VmSupervisor.Journal.Sqlite;

/// <summary>Where the SQLite journal is and how it behaves.</summary>
public sealed record SqliteJournalOptions
{
    /// <summary>
    /// The database file, in a directory that exists. Beside it appear <c>-wal</c> and <c>-shm</c> (SQLite's own) and
    /// <c>.reserve</c>.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>
    /// Queue, batches and time limits. The defaults are those of <see cref="BatchingOptions"/>: they suit a local disk.
    /// </summary>
    public BatchingOptions Batching { get; init; } = new();

    /// <summary>
    /// Bytes kept occupied for the time when the disk is full; 0 for none. Default 16 MiB: the log has its size
    /// already, and an append of half a kilobyte adds some 1 KiB to the database, so that is over ten thousand exits,
    /// stops and cleanups. On a file system that compresses zeros (ZFS) or copies on write, give the journal a quota
    /// of its own instead.
    /// </summary>
    public long ReserveBytes { get; init; } = 16L << 20;

    /// <summary>How many notes a stream keeps; the oldest go first. Default 1000: some weeks of a busy VM, half a megabyte.</summary>
    public int NotesPerStream { get; init; } = 1000;

    /// <summary>
    /// Threads that read, each with its own connection. Default 2: replay is bound by the reader's CPU, and more
    /// threads would take it from the guests.
    /// </summary>
    public int Readers { get; init; } = 2;

    /// <summary>
    /// After how many pages of 4 KiB in the log (WAL) they are copied into the database, and so the size the log is
    /// given when it is made. Default 1000, SQLite's own; the copying is done after the writers have been answered.
    /// </summary>
    public int CheckpointPages { get; init; } = 1000;

    /// <summary>
    /// Up to which size in bytes the whole file is checked for damage when it is opened. Default 64 MiB: that takes
    /// some 0.2 s. Beyond it damage is reported when it is met.
    /// </summary>
    public long CheckOnOpenBytes { get; init; } = 64L << 20;

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Path);
        ArgumentOutOfRangeException.ThrowIfNegative(ReserveBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(NotesPerStream);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Readers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(CheckpointPages);
        ArgumentOutOfRangeException.ThrowIfNegative(CheckOnOpenBytes);
    }
}
