using VmSupervisor.Actors.Persistence;

namespace VmSupervisor.Actors.Tests.Persistence;

/// <summary>A journal whose recoveries wait until they are released one by one; nothing else is asked of it.</summary>
internal sealed class SlowJournal(IJournal inner) : IJournal
{
    private readonly Queue<TaskCompletionSource> _waiting = [];

    public int Waiting => _waiting.Count;

    public void ReleaseOne() => _waiting.Dequeue().SetResult();

    public async Task<long> HighestVersionAsync(string persistenceId, CancellationToken cancellationToken = default)
    {
        var go = new TaskCompletionSource();
        _waiting.Enqueue(go);
        await go.Task;
        return await inner.HighestVersionAsync(persistenceId, cancellationToken);
    }

    public Task<JournalSnapshot?> LoadSnapshotAsync(string persistenceId, long maxVersion, CancellationToken cancellationToken) =>
        inner.LoadSnapshotAsync(persistenceId, maxVersion, cancellationToken);

    public IAsyncEnumerable<JournalEvent> ReadAsync(
        string persistenceId, long fromVersion, long toVersion, CancellationToken cancellationToken) =>
        inner.ReadAsync(persistenceId, fromVersion, toVersion, cancellationToken);

    public Task<AppendResult> AppendAsync(AppendRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<JournalEvent>> ReadAllAsync(long afterPosition, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<long> HighestPositionAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<string>> PersistenceIdsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<EventKind>> EventKindsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SaveSnapshotAsync(JournalSnapshot snapshot, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task DeleteSnapshotsAsync(string persistenceId, long toVersion, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task DeleteEventsAsync(string persistenceId, long toVersion, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<Receipt?> FindReceiptAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task AddNoteAsync(JournalNote note, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<JournalNote>> ReadNotesAsync(string persistenceId, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
