using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.Persistence.Batching;

namespace VmSupervisor.Actors.TestKit.Journals;

/// <summary>A journal as a real one is made: the production writer before the disk, readers past it.</summary>
internal sealed class SimulatedJournal(InMemoryJournal durable, BatchingWriter writer) : IJournal, IAsyncDisposable
{
    public Task<AppendResult> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default) =>
        writer.WriteAsync(new JournalWrite.Append(request), cancellationToken);

    public IAsyncEnumerable<JournalEvent> ReadAsync(
        string persistenceId, long fromVersion, long toVersion = long.MaxValue, CancellationToken cancellationToken = default) =>
        durable.ReadAsync(persistenceId, fromVersion, toVersion, cancellationToken);

    public Task<long> HighestVersionAsync(string persistenceId, CancellationToken cancellationToken = default) =>
        durable.HighestVersionAsync(persistenceId, cancellationToken);

    public Task<IReadOnlyList<JournalEvent>> ReadAllAsync(long afterPosition, int limit, CancellationToken cancellationToken = default) =>
        durable.ReadAllAsync(afterPosition, limit, cancellationToken);

    public Task<long> HighestPositionAsync(CancellationToken cancellationToken = default) => durable.HighestPositionAsync(cancellationToken);

    public Task<IReadOnlyList<string>> PersistenceIdsAsync(CancellationToken cancellationToken = default) => durable.PersistenceIdsAsync(cancellationToken);

    public Task<IReadOnlyList<EventKind>> EventKindsAsync(CancellationToken cancellationToken = default) => durable.EventKindsAsync(cancellationToken);

    public Task SaveSnapshotAsync(JournalSnapshot snapshot, CancellationToken cancellationToken = default) =>
        WriteAsync(new JournalWrite.SaveSnapshot(snapshot), cancellationToken);

    public Task<JournalSnapshot?> LoadSnapshotAsync(
        string persistenceId, long maxVersion = long.MaxValue, CancellationToken cancellationToken = default) =>
        durable.LoadSnapshotAsync(persistenceId, maxVersion, cancellationToken);

    public Task DeleteSnapshotsAsync(string persistenceId, long toVersion, CancellationToken cancellationToken = default) =>
        WriteAsync(new JournalWrite.DeleteSnapshots(persistenceId, toVersion), cancellationToken);

    public Task DeleteEventsAsync(string persistenceId, long toVersion, CancellationToken cancellationToken = default) =>
        WriteAsync(new JournalWrite.DeleteEvents(persistenceId, toVersion), cancellationToken);

    public Task<Receipt?> FindReceiptAsync(string key, CancellationToken cancellationToken = default) => durable.FindReceiptAsync(key, cancellationToken);

    public Task AddNoteAsync(JournalNote note, CancellationToken cancellationToken = default) => WriteAsync(new JournalWrite.AddNote(note), cancellationToken);

    public Task<IReadOnlyList<JournalNote>> ReadNotesAsync(string persistenceId, int limit, CancellationToken cancellationToken = default) =>
        durable.ReadNotesAsync(persistenceId, limit, cancellationToken);

    public ValueTask DisposeAsync() => writer.DisposeAsync();

    private async Task WriteAsync(JournalWrite write, CancellationToken cancellationToken)
    {
        var result = await writer.WriteAsync(write, cancellationToken);
        if (result is not AppendResult.Appended)
            throw new JournalException($"the journal has not written: {result}");
    }
}
