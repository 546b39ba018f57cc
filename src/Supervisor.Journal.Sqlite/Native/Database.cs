using SQLitePCL;

namespace VmSupervisor.Journal.Sqlite.Native;

internal enum Access
{
    ReadOnly,

    /// <summary>Reads a file that nobody changes, and makes none beside it.</summary>
    Immutable,
    ReadWrite,
    Create,
}

/// <summary>One connection, used by one thread at a time. Thin on purpose: prepared statements and error codes are all we need.</summary>
internal sealed class Database : IDisposable
{
    private readonly sqlite3 handle;
    private readonly List<Statement> statements = [];

    static Database() => Batteries_V2.Init();

    private Database(sqlite3 handle) => this.handle = handle;

    public bool InTransaction => raw.sqlite3_get_autocommit(handle) == 0;

    public long LastInsertRowId => raw.sqlite3_last_insert_rowid(handle);

    public static Database Open(string path, Access access, TimeSpan busyTimeout)
    {
        var flags = raw.SQLITE_OPEN_NOMUTEX | access switch
        {
            Access.ReadOnly => raw.SQLITE_OPEN_READONLY,
            Access.Immutable => raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_URI,
            Access.ReadWrite => raw.SQLITE_OPEN_READWRITE,
            _ => raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE,
        };
        var code = raw.sqlite3_open_v2(access == Access.Immutable ? ImmutableUri(path) : path, out var handle, flags, null);
        var database = new Database(handle);
        try
        {
            database.Check(code, $"opening {path}");
            raw.sqlite3_extended_result_codes(handle, 1);
            raw.sqlite3_busy_timeout(handle, (int)busyTimeout.TotalMilliseconds);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Executes statements without parameters and throws their rows away.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(handle, sql), sql);

    public long QueryNumber(string sql)
    {
        using var statement = PrepareOnce(sql);
        return statement.Step() ? statement.Number(0) : 0;
    }

    /// <summary>The first column of at most so many rows.</summary>
    public IReadOnlyList<string> QueryTexts(string sql, int limit)
    {
        using var statement = PrepareOnce(sql);
        var rows = new List<string>();
        while (rows.Count < limit && statement.Step())
            rows.Add(statement.Text(0));
        return rows;
    }

    public string QueryText(string sql)
    {
        using var statement = PrepareOnce(sql);
        return statement.Step() ? statement.Text(0) : "";
    }

    /// <summary>A statement that lives as long as the connection.</summary>
    public Statement Prepare(string sql)
    {
        var statement = PrepareOnce(sql);
        statements.Add(statement);
        return statement;
    }

    /// <summary>Copies what readers no longer need from the WAL into the file, as far as that goes without waiting.</summary>
    public void Checkpoint() =>
        Check(raw.sqlite3_wal_checkpoint_v2(handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _), "checkpointing");

    public void Check(int code, string what)
    {
        if (code is raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE)
            return;
        throw new SqliteError(raw.sqlite3_extended_errcode(handle), raw.sqlite3_errmsg(handle).utf8_to_string(), what);
    }

    public void Dispose()
    {
        foreach (var statement in statements)
            statement.Dispose();
        handle.Dispose();
    }

    // Of a path's characters, these three have a meaning in a URI.
    private static string ImmutableUri(string path) =>
        $"file:{path.Replace("%", "%25", StringComparison.Ordinal).Replace("?", "%3f", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal)}?immutable=1";

    private Statement PrepareOnce(string sql)
    {
        Check(raw.sqlite3_prepare_v3(handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement), sql);
        return new Statement(this, statement, sql);
    }
}
