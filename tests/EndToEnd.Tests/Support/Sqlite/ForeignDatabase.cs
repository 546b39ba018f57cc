using SQLitePCL;

namespace VmSupervisor.EndToEnd.Tests.Support;

/// <summary>A journal's file in the hands of another process than the daemon: this one.</summary>
internal sealed class ForeignDatabase : IDisposable
{
    private readonly sqlite3 handle;

    static ForeignDatabase() => Batteries_V2.Init();

    public ForeignDatabase(string path)
    {
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open_v2(path, out handle, raw.SQLITE_OPEN_READWRITE, null));
        raw.sqlite3_busy_timeout(handle, (int)Limits.Step.TotalMilliseconds);
    }

    public static void Execute(string path, string sql)
    {
        using var database = new ForeignDatabase(path);
        database.Execute(sql);
    }

    public void Execute(string sql)
    {
        var code = raw.sqlite3_exec(handle, sql, out var error);
        Assert.True(code == raw.SQLITE_OK, $"{code}: {error}");
    }

    public void Dispose() => handle.Dispose();
}
