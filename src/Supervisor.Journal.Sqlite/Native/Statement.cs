using SQLitePCL;

namespace VmSupervisor.Journal.Sqlite.Native;

/// <summary>A prepared statement: bind the parameters in their order, step, read columns.</summary>
internal sealed class Statement(Database database, sqlite3_stmt handle, string sql) : IDisposable
{
    private int bound;

    /// <summary>Ends the last execution (and with it a reader's hold on its version of the data) and begins anew.</summary>
    public Statement Begin()
    {
        Reset();
        return this;
    }

    public void Reset()
    {
        // It returns the error of the last step once more: that one has been thrown already.
        _ = raw.sqlite3_reset(handle);
        _ = raw.sqlite3_clear_bindings(handle);
        bound = 0;
    }

    public Statement Bind(long value)
    {
        database.Check(raw.sqlite3_bind_int64(handle, ++bound, value), sql);
        return this;
    }

    public Statement Bind(string value)
    {
        database.Check(raw.sqlite3_bind_text(handle, ++bound, value), sql);
        return this;
    }

    public Statement Bind(ReadOnlyMemory<byte> value)
    {
        database.Check(
            value.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, ++bound, 0) : raw.sqlite3_bind_blob(handle, ++bound, value.Span), sql);
        return this;
    }

    /// <summary>The next row; false when there is none.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        database.Check(code, sql);
        return code == raw.SQLITE_ROW;
    }

    /// <summary>Executes a statement without rows.</summary>
    public void Run()
    {
        Step();
        Reset();
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Number(int column) => raw.sqlite3_column_int64(handle, column);

    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string();

    public byte[] Blob(int column) => raw.sqlite3_column_blob(handle, column).ToArray();

    public DateTimeOffset Time(int column) => new(Number(column), TimeSpan.Zero);

    public void Dispose() => handle.Dispose();
}
