using SQLitePCL;

namespace VmSupervisor.Journal.Sqlite.Native;

/// <summary>An error SQLite returned, with its extended code: that is what tells a full disk from a dying one.</summary>
internal sealed class SqliteError(int extendedCode, string message, string what)
    : Exception($"SQLite: {message} (code {extendedCode}) while {what}")
{
    private const int ShmSizeFailed = raw.SQLITE_IOERR | (19 << 8);

    /// <summary>An SQL statement that does not fit the tables.</summary>
    public const int Generic = raw.SQLITE_ERROR;

    public int Code => extendedCode & 0xff;

    public bool IsFull => Code == raw.SQLITE_FULL;

    /// <summary>No room, for the shared memory file either (its growth fails with an I/O error of its own).</summary>
    public bool IsFullBeforeCommit => IsFull || extendedCode == ShmSizeFailed;

    /// <summary>The fault of one statement's data: another write of the same transaction is none the worse.</summary>
    public bool IsOfOneWrite => Code is raw.SQLITE_TOOBIG or raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH;

    public bool IsCorrupt => Code is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;
}
