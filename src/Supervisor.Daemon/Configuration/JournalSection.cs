using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.Hocon;
using VmSupervisor.Journal.Sqlite;

namespace VmSupervisor.Daemon.Configuration;

/// <summary><c>vmsup.journal</c></summary>
internal static class JournalSection
{
    public const string FileName = "journal.db";

    public static SqliteJournalOptions Read(HoconReader vmsup, string stateDirectory)
    {
        var journal = Checked.Section(
            vmsup, "journal", "place-timeout", "commit-timeout", "queue-limit", "batch-limit", "batch-size", "reserve", "notes-per-vm",
            "readers", "checkpoint-pages", "check-on-open");
        return new SqliteJournalOptions
        {
            Path = Path.Combine(stateDirectory, FileName),
            Batching = new BatchingOptions
            {
                PlaceTimeLimit = Checked.Duration(journal, "place-timeout"),
                CommitTimeLimit = Checked.Duration(journal, "commit-timeout"),
                QueueLimit = Checked.Int(journal, "queue-limit", 1, 1_000_000),
                BatchLimit = Checked.Int(journal, "batch-limit", 1, 100_000),
                BatchBytes = journal.Size("batch-size", min: 1) ?? 1,
            },
            ReserveBytes = journal.Size("reserve") ?? 0,
            NotesPerStream = Checked.Int(journal, "notes-per-vm", 1, 1_000_000),
            Readers = Checked.Int(journal, "readers", 1, 64),
            CheckpointPages = Checked.Int(journal, "checkpoint-pages", 1, 1_000_000),
            CheckOnOpenBytes = journal.Size("check-on-open") ?? 0,
        };
    }
}
