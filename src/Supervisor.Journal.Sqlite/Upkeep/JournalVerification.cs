using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.Journal.Sqlite.Native;
using VmSupervisor.Journal.Sqlite.Reading;

namespace VmSupervisor.Journal.Sqlite;

/// <summary>
/// Reads all of a journal or of a backup: its checksum, SQLite's own structures, the numbers of every stream, and
/// whether every event can be read. Changes nothing.
/// </summary>
internal sealed class JournalVerification(string path, IEventSerializer serializer)
{
    private const int MostFaults = 100;
    private const int PageEvents = 1000;
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(10);

    private readonly List<string> faults = [];

    public JournalReport Run(CancellationToken cancellationToken)
    {
        var report = new JournalReport(path) { Bytes = new FileInfo(path).Length };
        try
        {
            JournalHeader.Check(path);
        }
        catch (JournalFileException e)
        {
            return report with { Faults = [e.Found] };
        }

        BackupLabel? label;
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            (label, _, var fault) = BackupTrailer.Read(file, cancellationToken);
            Note(fault);
        }

        try
        {
            using var database = label is null ? JournalFile.OpenToCheck(path, BusyTimeout) : Database.Open(path, Access.Immutable, BusyTimeout);
            database.Execute("BEGIN");
            CheckStructure(database);
            report = JournalBackup.Count(database, path) with { Bytes = report.Bytes };
            CheckNumbers(database);
            CheckEvents(database, cancellationToken);
        }
        catch (SqliteError e)
        {
            Note(e.Message);
        }

        return report with { Backup = label, Faults = [.. faults] };
    }

    private void CheckStructure(Database database)
    {
        foreach (var line in database.QueryTexts($"PRAGMA integrity_check({MostFaults})", MostFaults).Where(line => line != "ok"))
            Note($"its structure is damaged: {line.ReplaceLineEndings(" ")}");
        foreach (var table in database.QueryTexts("PRAGMA foreign_key_check", MostFaults).Distinct())
            Note($"table {table} names streams that do not exist");
    }

    private void CheckNumbers(Database database)
    {
        // A stream begins after what was deleted of it, and has every number from there on.
        const string gaps = """
            SELECT persistence_id || ': its events are ' || count(*) || ', numbered ' || min(version) || ' to ' || max(version)
                || CASE WHEN deleted_to > 0 THEN ', and those up to ' || deleted_to || ' were deleted' ELSE '' END
            FROM events JOIN streams ON streams.id = events.stream
            GROUP BY stream HAVING min(version) <> deleted_to + 1 OR max(version) - min(version) + 1 <> count(*)
            """;
        foreach (var gap in database.QueryTexts(gaps, MostFaults))
            Note($"events are missing: {gap}");
        if (database.QueryNumber("PRAGMA user_version") > 1 && database.QueryNumber("SELECT count(*) FROM identity") is var count and not 1)
            Note($"it has {count} identities, and one is right");
    }

    private void CheckEvents(Database database, CancellationToken cancellationToken)
    {
        using var statements = new EventPages(database);
        for (var position = 0L; statements.After(position, PageEvents) is { Count: > 0 } page; position = page[^1].Position)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var stored in page)
                CheckEvent(stored);
        }
    }

    private void CheckEvent(JournalEvent stored)
    {
        try
        {
            serializer.Deserialize(stored.Type, stored.SchemaVersion, stored.Payload);
        }
        catch (UnknownEventException)
        {
            Note($"{stored.PersistenceId}: event {stored.Version}, {stored.Type} version {stored.SchemaVersion}, is of a newer program");
        }
        catch (Exception e)
        {
            Note($"{stored.PersistenceId}: event {stored.Version}, {stored.Type}, cannot be read: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    private void Note(string? fault)
    {
        if (fault is not null && faults.Count < MostFaults)
            faults.Add(fault);
        else if (fault is not null && faults.Count == MostFaults)
            faults.Add($"and more: only the first {MostFaults} are told");
    }
}
