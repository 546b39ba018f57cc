using VmSupervisor.Actors.Persistence;
using VmSupervisor.Journal.Sqlite.Native;

namespace VmSupervisor.Journal.Sqlite.Reading;

/// <summary>
/// The queries of the journal on one connection. Each ends its execution before it returns: an open one would hold
/// its version of the data, and the WAL could not be reused.
/// </summary>
internal sealed class ReadStatements(Database database) : IDisposable
{
    // A page ends early when it has grown this large, so that memory does not depend on the size of the events.
    private const long PageBytes = 4 << 20;

    private readonly Statement events = database.Prepare("""
        SELECT position, ?1, version, type, schema_version, at, payload FROM events
        WHERE stream = (SELECT id FROM streams WHERE persistence_id = ?1) AND version BETWEEN ?2 AND ?3
        ORDER BY version LIMIT ?4
        """);
    private readonly Statement allEvents = database.Prepare("""
        SELECT position, persistence_id, version, type, schema_version, at, payload
        FROM events JOIN streams ON streams.id = events.stream
        WHERE position > ? ORDER BY position LIMIT ?
        """);
    private readonly Statement highestVersion = database.Prepare("""
        SELECT max(deleted_to, coalesce((SELECT max(version) FROM events WHERE stream = streams.id), 0))
        FROM streams WHERE persistence_id = ?
        """);
    private readonly Statement highestPosition = database.Prepare("SELECT coalesce(max(position), 0) FROM events");
    private readonly Statement persistenceIds = database.Prepare("""
        SELECT persistence_id FROM streams
        WHERE EXISTS (SELECT 1 FROM events WHERE stream = streams.id) OR EXISTS (SELECT 1 FROM snapshots WHERE stream = streams.id)
        """);
    private readonly Statement snapshot = database.Prepare("""
        SELECT version, type, schema_version, at, payload FROM snapshots
        WHERE stream = (SELECT id FROM streams WHERE persistence_id = ?) AND version <= ?
        ORDER BY version DESC LIMIT 1
        """);
    private readonly Statement receipt = database.Prepare("SELECT fingerprint, payload, expires_at FROM receipts WHERE key = ? AND expires_at > ?");
    private readonly Statement notes = database.Prepare("""
        SELECT at_version, at, payload FROM notes
        WHERE stream = (SELECT id FROM streams WHERE persistence_id = ?) ORDER BY id DESC LIMIT ?
        """);

    private readonly Statement kinds = database.Prepare("SELECT type, schema_version FROM kinds");
    private readonly Statement identity = database.Prepare("SELECT journal, epoch FROM identity");

    public IReadOnlyList<EventKind> Kinds() => Read(kinds.Begin(), row => new EventKind(row.Text(0), (int)row.Number(1)));

    public JournalIdentity Identity() => Read(identity.Begin(), row => new JournalIdentity(row.Text(0), row.Text(1))).Single();

    public IReadOnlyList<JournalEvent> Events(string persistenceId, long from, long to, int limit) =>
        ReadEvents(events.Begin().Bind(persistenceId).Bind(from).Bind(to).Bind(limit));

    public IReadOnlyList<JournalEvent> AllEvents(long afterPosition, int limit) =>
        ReadEvents(allEvents.Begin().Bind(afterPosition).Bind(limit));

    public long HighestVersion(string persistenceId) => Read(highestVersion.Begin().Bind(persistenceId), row => row.Number(0)).SingleOrDefault();

    public long HighestPosition() => Read(highestPosition.Begin(), row => row.Number(0)).Single();

    public IReadOnlyList<string> PersistenceIds()
    {
        // SQLite compares bytes of UTF-8, which is not the ordinal order of .NET beyond U+D7FF.
        var ids = Read(persistenceIds.Begin(), row => row.Text(0));
        ids.Sort(StringComparer.Ordinal);
        return ids;
    }

    public JournalSnapshot? Snapshot(string persistenceId, long maxVersion) =>
        Read(snapshot.Begin().Bind(persistenceId).Bind(maxVersion), row => new JournalSnapshot(
            persistenceId, row.Number(0), row.Text(1), (int)row.Number(2), row.Blob(4), row.Time(3))).SingleOrDefault();

    public Receipt? Receipt(string key, DateTimeOffset now) =>
        Read(receipt.Begin().Bind(key).Bind(now.UtcTicks), row => new Receipt(key, row.Text(0), row.Blob(1), row.Time(2))).SingleOrDefault();

    public IReadOnlyList<JournalNote> Notes(string persistenceId, int limit)
    {
        var newestFirst = Read(notes.Begin().Bind(persistenceId).Bind(limit), row =>
            new JournalNote(persistenceId, row.Number(0), row.Blob(2), row.Time(1)));
        newestFirst.Reverse();
        return newestFirst;
    }

    public void Dispose() => database.Dispose();

    internal static List<JournalEvent> ReadEvents(Statement statement)
    {
        long bytes = 0;
        return Read(statement, row =>
        {
            var payload = row.Blob(6);
            bytes += payload.Length;
            return new JournalEvent(
                row.Number(0), row.Text(1), row.Number(2), row.Text(3), (int)row.Number(4), payload, row.Time(5));
        }, () => bytes < PageBytes);
    }

    private static List<T> Read<T>(Statement statement, Func<Statement, T> read, Func<bool>? goOn = null)
    {
        try
        {
            var rows = new List<T>();
            while ((goOn is null || goOn()) && statement.Step())
                rows.Add(read(statement));
            return rows;
        }
        finally
        {
            statement.Reset();
        }
    }
}
