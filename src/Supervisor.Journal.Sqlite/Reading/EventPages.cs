using VmSupervisor.Actors.Persistence;
using VmSupervisor.Journal.Sqlite.Native;

namespace VmSupervisor.Journal.Sqlite.Reading;

/// <summary>All events of a database, page by page; of any schema version, and inside a transaction of the caller's.</summary>
internal sealed class EventPages(Database database) : IDisposable
{
    private readonly Statement page = database.Prepare("""
        SELECT position, coalesce(persistence_id, 'a stream that does not exist'), version, type, schema_version, at, payload
        FROM events LEFT JOIN streams ON streams.id = events.stream
        WHERE position > ? ORDER BY position LIMIT ?
        """);

    public IReadOnlyList<JournalEvent> After(long position, int limit) => ReadStatements.ReadEvents(page.Begin().Bind(position).Bind(limit));

    public void Dispose() => page.Reset();
}
