using VmSupervisor.Actors.Persistence;
using VmSupervisor.Journal.Sqlite.Native;

namespace VmSupervisor.Journal.Sqlite;

/// <summary>Copies a journal that is in use.</summary>
internal static class JournalBackup
{
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Makes the copy under another name, and gives it its own when it is whole and synced.</summary>
    public static JournalReport Write(string journal, string path, BackupLabel label, CancellationToken cancellationToken)
    {
        var directory = Path.GetDirectoryName(path);
        if (!Directory.Exists(directory))
            throw new IOException($"{path}: there is no directory {directory}");
        if (File.Exists(path))
            throw new IOException($"{path} exists, and no backup is overwritten");
        var unfinished = path + ".unfinished";
        try
        {
            MakeEmpty(unfinished);
            using (var database = Database.Open(journal, Access.ReadOnly, BusyTimeout))
            {
                using var into = database.Prepare("VACUUM INTO ?");

                // One read transaction: the journal at one moment, whatever is written meanwhile.
                into.Begin().Bind(unfinished).Run();
            }

            cancellationToken.ThrowIfCancellationRequested();
            var report = Count(unfinished, path);
            using (var file = new FileStream(unfinished, FileMode.Open, FileAccess.ReadWrite))
            {
                label = BackupTrailer.Append(file, label, cancellationToken);
                file.Flush(flushToDisk: true);
                report = report with { Bytes = file.Length, Backup = label };
            }

            File.Move(unfinished, path, overwrite: false);
            Libc.SyncDirectory(directory);
            return report;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>What a file holds that nobody writes.</summary>
    internal static JournalReport Count(string file, string called)
    {
        using var database = Database.Open(file, Access.Immutable, BusyTimeout);
        return Count(database, called);
    }

    internal static JournalReport Count(Database database, string file)
    {
        var identity = database.QueryNumber("PRAGMA user_version") < 2 ? null
            : new JournalIdentity(database.QueryText("SELECT journal FROM identity"), database.QueryText("SELECT epoch FROM identity"));
        return new JournalReport(file)
        {
            Identity = identity,
            Streams = database.QueryNumber("SELECT count(DISTINCT stream) FROM events"),
            Events = database.QueryNumber("SELECT count(*) FROM events"),
            Position = database.QueryNumber("SELECT coalesce(max(position), 0) FROM events"),
        };
    }

    // SQLite writes into an empty file that is there, and so one that only its owner may read.
    private static void MakeEmpty(string path)
    {
        File.Delete(path);
        using var file = Libc.Open(path, Libc.ReadWrite | Libc.CreateFile | Libc.CloseOnExec, Libc.OwnerOnly);
        if (file.IsInvalid)
            throw new IOException($"{path} cannot be made: {Libc.LastError()}");
    }
}
