using System.Globalization;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Journal.Sqlite.Native;

namespace VmSupervisor.Journal.Sqlite;

/// <summary>Puts a backup in the place of a journal that nobody uses.</summary>
/// <remarks>
/// <code>
///   FILE.restoring: copied, of another epoch, synced ─▶ FILE, FILE-wal set aside ─▶ FILE.restoring becomes FILE
/// </code>
/// Killed in between, <c>FILE.restoring</c> is there, and no journal is opened or made beside it until a restore has
/// come to its end: a new, empty one would know nothing of the guests that run.
/// </remarks>
internal static class JournalRestore
{
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The mark of a restore that has not come to its end.</summary>
    public static string Unfinished(string journal) => journal + ".restoring";

    public static JournalFileException RefuseUnfinished(string journal) => JournalHeader.Refuse(
        journal, "a restore was interrupted", $"restore again: vmsup journal restore BACKUP --state-dir {Path.GetDirectoryName(journal)}");

    /// <summary>Restores a backup that was verified; says where what was there before is now, if anything was.</summary>
    public static (JournalIdentity Identity, string? Aside) Run(string backup, string journal, DateTimeOffset now)
    {
        var unfinished = Unfinished(journal);
        foreach (var suffix in (string[])["", "-journal"])
            File.Delete(unfinished + suffix);
        Copy(backup, unfinished);
        var identity = BeginEpoch(unfinished);
        var directory = Path.GetDirectoryName(journal)!;
        Sync(unfinished);
        Libc.SyncDirectory(directory);

        var aside = SetAside(journal, now);
        Libc.SyncDirectory(directory);
        File.Move(unfinished, journal, overwrite: false);
        Libc.SyncDirectory(directory);
        return (identity, aside);
    }

    private static void Copy(string backup, string to)
    {
        using var source = new FileStream(backup, FileMode.Open, FileAccess.Read);
        var (_, bytes, fault) = BackupTrailer.Read(source, CancellationToken.None);
        if (fault is not null)
            throw new IOException($"{backup}: {fault}");
        using var made = Libc.Open(to, Libc.ReadWrite | Libc.CreateFile | Libc.CloseOnExec, Libc.OwnerOnly);
        if (made.IsInvalid)
            throw new IOException($"{to} cannot be made: {Libc.LastError()}");
        using var target = new FileStream(made, FileAccess.ReadWrite);
        source.Seek(0, SeekOrigin.Begin);
        source.CopyTo(target);
        target.SetLength(bytes);
    }

    // In the form that SQLite has for a database without a log, so that no second file belongs to it yet.
    private static JournalIdentity BeginEpoch(string path)
    {
        using var database = Database.Open(path, Access.ReadWrite, BusyTimeout);
        database.Execute("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL");
        if (database.QueryNumber("PRAGMA user_version") < Schema.Version)
            database.Execute($"BEGIN IMMEDIATE; {Schema.Upgrade} PRAGMA user_version = {Schema.Version}; COMMIT");
        database.Execute(Schema.NewEpoch);
        database.Execute("PRAGMA journal_mode = WAL");
        return new(database.QueryText("SELECT journal FROM identity"), database.QueryText("SELECT epoch FROM identity"));
    }

    // The log first would lose, were we killed then, what only it holds; with the database first it is still found beside it.
    private static string? SetAside(string journal, DateTimeOffset now)
    {
        var free = Enumerable.Range(0, int.MaxValue)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"{journal}.replaced-{now.UtcDateTime:yyyyMMddTHHmmssZ}{(i == 0 ? "" : $"-{i}")}"))
            .First(name => !File.Exists(name) && !File.Exists(name + "-wal"));
        string? aside = null;
        foreach (var suffix in (string[])["", "-wal"])
        {
            if (!File.Exists(journal + suffix))
                continue;
            File.Move(journal + suffix, free + suffix);
            aside = free;
        }

        File.Delete(journal + "-shm");
        return aside;
    }

    private static void Sync(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }
}
