using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.Journal.Sqlite.Native;

namespace VmSupervisor.Journal.Sqlite.Writing;

/// <summary>The writes of the journal as prepared statements, inside a transaction that somebody else begins and ends.</summary>
internal sealed class WriteStatements(Database database, int notesPerStream)
{
    private readonly Statement findStream = database.Prepare("""
        SELECT id, max(deleted_to, coalesce((SELECT max(version) FROM events WHERE stream = streams.id), 0))
        FROM streams WHERE persistence_id = ?
        """);
    private readonly Statement addStream = database.Prepare("INSERT INTO streams (persistence_id) VALUES (?)");
    private readonly Statement addEvent = database.Prepare(
        "INSERT INTO events (stream, version, type, schema_version, at, payload) VALUES (?, ?, ?, ?, ?, ?)");
    // Replaces only one that has expired: while it is valid, the first answer stays, nothing is changed, and that is no error.
    private readonly Statement addReceipt = database.Prepare("""
        INSERT INTO receipts (key, fingerprint, expires_at, payload) VALUES (?, ?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, expires_at = excluded.expires_at, payload = excluded.payload
        WHERE receipts.expires_at <= ?
        """);
    private readonly Statement purgeReceipts = database.Prepare("""
        DELETE FROM receipts WHERE rowid IN (SELECT rowid FROM receipts WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
        """);
    private readonly Statement saveSnapshot = database.Prepare(
        "INSERT OR REPLACE INTO snapshots (stream, version, type, schema_version, at, payload) VALUES (?, ?, ?, ?, ?, ?)");
    private readonly Statement deleteSnapshots = database.Prepare("DELETE FROM snapshots WHERE stream = ? AND version <= ?");
    private readonly Statement deleteEvents = database.Prepare("DELETE FROM events WHERE stream = ? AND version <= ?");
    private readonly Statement rememberDeleted = database.Prepare("UPDATE streams SET deleted_to = max(deleted_to, ?) WHERE id = ?");
    private readonly Statement addNote = database.Prepare("INSERT INTO notes (stream, at_version, at, payload) VALUES (?, ?, ?, ?)");
    private readonly Statement trimNotes = database.Prepare("""
        DELETE FROM notes WHERE stream = ?1 AND id <= (SELECT id FROM notes WHERE stream = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
        """);

    private readonly Statement addKind = database.Prepare("INSERT OR IGNORE INTO kinds (type, schema_version) VALUES (?, ?)");

    // Those that are in the database for certain, and those of the transaction under way.
    private readonly HashSet<EventKind> known = [];
    private readonly HashSet<EventKind> fresh = [];

    public AppendResult Execute(JournalWrite write, DateTimeOffset now)
    {
        switch (write)
        {
            case JournalWrite.Append append:
                return Append(append.Request, now);
            case JournalWrite.SaveSnapshot save:
                SaveSnapshot(save.Snapshot);
                break;
            case JournalWrite.DeleteSnapshots delete:
                deleteSnapshots.Begin().Bind(FindStream(delete.PersistenceId).Id).Bind(delete.ToVersion).Run();
                break;
            case JournalWrite.DeleteEvents delete:
                DeleteEvents(delete.PersistenceId, delete.ToVersion);
                break;
            case JournalWrite.AddNote add:
                AddNote(add.Note);
                break;
            default:
                throw new InvalidOperationException($"{write.GetType().Name} is not a write this store knows");
        }
        return new AppendResult.Appended(0, 0);
    }

    /// <summary>What was executed is durable.</summary>
    public void Committed()
    {
        known.UnionWith(fresh);
        fresh.Clear();
    }

    /// <summary>Something of what was executed was taken back; to write a kind once more than needed does no harm.</summary>
    public void TakenBack() => fresh.Clear();

    /// <summary>Deletes at most so many expired receipts: a little with every write, so that it never takes long.</summary>
    public void PurgeReceipts(DateTimeOffset now, int limit) => purgeReceipts.Begin().Bind(now.UtcTicks).Bind(limit).Run();

    private AppendResult Append(AppendRequest request, DateTimeOffset now)
    {
        var (stream, highest) = FindStream(request.PersistenceId);
        if (highest != request.ExpectedVersion)
            return new AppendResult.Conflict(highest);
        if (stream == 0 && request.Events.Count > 0)
            stream = AddStream(request.PersistenceId);
        long position = 0;
        foreach (var e in request.Events)
        {
            addEvent.Begin().Bind(stream).Bind(++highest).Bind(e.Type).Bind(e.SchemaVersion).Bind(e.At.UtcTicks).Bind(e.Payload).Run();
            position = database.LastInsertRowId;
            AddKind(new(e.Type, e.SchemaVersion));
        }
        foreach (var receipt in request.Receipts)
            addReceipt.Begin().Bind(receipt.Key).Bind(receipt.Fingerprint).Bind(receipt.ExpiresAt.UtcTicks).Bind(receipt.Payload)
                .Bind(now.UtcTicks).Run();
        return new AppendResult.Appended(highest, position);
    }

    private void AddKind(EventKind kind)
    {
        if (known.Contains(kind) || !fresh.Add(kind))
            return;
        addKind.Begin().Bind(kind.Type).Bind(kind.SchemaVersion).Run();
    }

    private void SaveSnapshot(JournalSnapshot snapshot) =>
        saveSnapshot.Begin().Bind(FindOrAddStream(snapshot.PersistenceId)).Bind(snapshot.Version).Bind(snapshot.Type)
            .Bind(snapshot.SchemaVersion).Bind(snapshot.At.UtcTicks).Bind(snapshot.Payload).Run();

    private void DeleteEvents(string persistenceId, long toVersion)
    {
        var (stream, highest) = FindStream(persistenceId);
        if (stream == 0)
            return;
        rememberDeleted.Begin().Bind(Math.Min(toVersion, highest)).Bind(stream).Run();
        deleteEvents.Begin().Bind(stream).Bind(toVersion).Run();
    }

    private void AddNote(JournalNote note)
    {
        var stream = FindOrAddStream(note.PersistenceId);
        addNote.Begin().Bind(stream).Bind(note.AtVersion).Bind(note.At.UtcTicks).Bind(note.Payload).Run();
        trimNotes.Begin().Bind(stream).Bind(notesPerStream).Run();
    }

    private (long Id, long Highest) FindStream(string persistenceId)
    {
        var found = findStream.Begin().Bind(persistenceId).Step() ? (findStream.Number(0), findStream.Number(1)) : (0, 0);
        findStream.Reset();
        return found;
    }

    private long FindOrAddStream(string persistenceId) =>
        FindStream(persistenceId) is { Id: > 0 } found ? found.Id : AddStream(persistenceId);

    private long AddStream(string persistenceId)
    {
        addStream.Begin().Bind(persistenceId).Run();
        return database.LastInsertRowId;
    }
}
