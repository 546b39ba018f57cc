using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.Journal.Sqlite.Native;
using VmSupervisor.Journal.Sqlite.Reading;

namespace VmSupervisor.Journal.Sqlite;

/// <summary>
/// Opens the journal's file, or makes it where there is none. A file that is there is never replaced, whatever is in
/// it: it may be all that is known about the guests that are running.
/// </summary>
internal sealed class JournalFile(SqliteJournalOptions options, ISpaceReserve? reserve)
{
    private readonly string path = Path.GetFullPath(options.Path);

    // Shorter than a write may take: who waits for a lock of somebody else in vain then learns that for certain nothing was
    // written, and not only that nobody knows.
    private readonly TimeSpan busyTimeout = options.Batching.CommitTimeLimit / 2;

    /// <summary>The writing connection to a checked file.</summary>
    public Database Open()
    {
        try
        {
            return OpenWith(retry: true);
        }
        catch (SqliteError e) when (e.IsCorrupt)
        {
            throw Damaged(e.Message, e);
        }
        catch (Exception e) when (e is SqliteError or IOException or UnauthorizedAccessException)
        {
            throw new JournalFileException($"journal {path} cannot be opened: {e.Message}", e);
        }
    }

    public Database OpenReader() => Configure(Database.Open(path, Access.ReadOnly, busyTimeout));

    private Database OpenWith(bool retry)
    {
        try
        {
            if (File.Exists(path))
                Check();
            else
                Create();
            return OpenWriter();
        }
        // On a full disk not even the log and its index can be made: that, too, is what the reserve is for.
        catch (Exception e) when (retry && e is SqliteError { IsCorrupt: false } or IOException && reserve?.TryRelease() == true)
        {
            return OpenWith(retry: false);
        }
    }

    private void Check()
    {
        if (File.Exists(JournalRestore.Unfinished(path)))
            throw JournalRestore.RefuseUnfinished(path);
        JournalHeader.Check(path);
        using var database = OpenToCheck(path, busyTimeout);
        var version = database.QueryNumber("PRAGMA user_version");
        JournalHeader.CheckVersion(path, version);
        if (new FileInfo(path).Length <= options.CheckOnOpenBytes && database.QueryText("PRAGMA quick_check(1)") is var answer && answer != "ok")
            throw Damaged(answer);
        CheckTables(database, version);
    }

    /// <summary>Reads without leaving anything beside the file, where no log has to be read with it.</summary>
    internal static Database OpenToCheck(string path, TimeSpan busyTimeout) =>
        Database.Open(path, File.Exists(path + "-wal") ? Access.ReadOnly : Access.Immutable, busyTimeout);

    // Prepared, the statements name every table and column; nothing is executed.
    private void CheckTables(Database database, long version)
    {
        try
        {
            if (version == Schema.Version)
                _ = new ReadStatements(database);
            else
                _ = database.Prepare(Schema.FirstTables);
        }
        catch (SqliteError e) when (!e.IsCorrupt)
        {
            throw Damaged(e.Message, e);
        }
    }

    // Made under another name and moved in place when it is whole: a file of the journal's name is never half made.
    private void Create()
    {
        if (File.Exists(JournalRestore.Unfinished(path)))
            throw JournalRestore.RefuseUnfinished(path);
        if (File.Exists(path + "-wal"))
        {
            throw JournalHeader.Refuse(path, $"the file is missing, but its log {path}-wal is there",
                "restore both from a backup, or, if the journal was deleted on purpose, delete the log, too");
        }
        var directory = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(directory))
            throw new JournalFileException($"journal {path} cannot be made: there is no directory {directory}; create it or configure another one");
        var unfinished = path + ".creating";
        foreach (var suffix in (string[])["", "-wal", "-shm"])
            File.Delete(unfinished + suffix);
        try
        {
            // SQLite gives its log the same mode.
            using (var file = Libc.Open(unfinished, Libc.ReadWrite | Libc.CreateFile | Libc.CloseOnExec, Libc.OwnerOnly))
            {
                if (file.IsInvalid)
                    throw new IOException($"{unfinished} cannot be made: {Libc.LastError()}");
            }
            using (var database = Database.Open(unfinished, Access.Create, busyTimeout))
            {
                database.Execute("PRAGMA synchronous = FULL");
                database.Execute($"BEGIN; {Schema.Create} PRAGMA application_id = {Schema.ApplicationId}; PRAGMA user_version = {Schema.Version}; COMMIT");
                database.Execute("PRAGMA journal_mode = WAL");
            }
            File.Move(unfinished, path, overwrite: false);
            Libc.SyncDirectory(directory);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    private Database OpenWriter()
    {
        var database = Configure(Database.Open(path, Access.ReadWrite, busyTimeout));
        try
        {
            var mode = database.QueryText("PRAGMA journal_mode = WAL");
            if (mode != "wal")
                throw new IOException($"the file system does not carry SQLite's WAL mode (it stays in mode {mode}); use a local file system");
            // In WAL mode only FULL is durable at commit.
            database.Execute("PRAGMA synchronous = FULL");
            // The store does it itself, when nobody waits.
            database.Execute("PRAGMA wal_autocheckpoint = 0");
            // Takes the locks and makes log and index: a full disk shows now and not at the first write.
            database.Execute("BEGIN IMMEDIATE; ROLLBACK");
            Upgrade(database);
            GrowLog(database);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private void Upgrade(Database database)
    {
        if (database.QueryNumber("PRAGMA user_version") == Schema.Version)
            return;
        try
        {
            database.Execute($"BEGIN IMMEDIATE; {Schema.Upgrade} PRAGMA user_version = {Schema.Version}; COMMIT");
        }
        catch (SqliteError e) when (e is { IsCorrupt: false, IsFull: false, Code: SqliteError.Generic })
        {
            throw Damaged(e.Message, e);
        }
    }

    // A sync of a file that grows takes a commit of the file system's own journal, too (measured on a busy ext4: 2.7 ms
    // instead of 0.2 ms). So the log gets its size before anybody waits; after a checkpoint SQLite writes over it from the start.
    private void GrowLog(Database database)
    {
        var size = options.CheckpointPages * Schema.PageBytes;
        if (new FileInfo(path + "-wal") is { Exists: true } log && log.Length >= size)
            return;
        try
        {
            database.Execute($"INSERT INTO ballast VALUES (zeroblob({size}))");
            database.Execute("DELETE FROM ballast");
            database.Checkpoint();
        }
        catch (SqliteError e) when (e.IsFullBeforeCommit)
        {
            // Then it grows when it must, or the reserve makes room.
        }
    }

    private static Database Configure(Database database)
    {
        try
        {
            // Nothing of ours spills: a temporary file on a full disk would fail what the reserve makes room for.
            database.Execute("PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF; PRAGMA trusted_schema = OFF");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private JournalFileException Damaged(string found, Exception? cause = null) => JournalHeader.Refuse(
        path, $"it is damaged ({found.ReplaceLineEndings(" ")})", $"restore it from a backup: vmsup journal restore BACKUP --state-dir {Path.GetDirectoryName(path)}; `sqlite3 FILE .recover` on a copy saves what is readable", cause);
}
