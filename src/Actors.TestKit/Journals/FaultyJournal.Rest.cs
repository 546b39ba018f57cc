using System.Runtime.CompilerServices;
using VmSupervisor.Actors.Persistence;

namespace VmSupervisor.Actors.TestKit.Journals;

/// <summary>Everything but appends: goes through, or throws while the connection is lost or reading fails.</summary>
public sealed partial class FaultyJournal
{
    /// <inheritdoc />
    public async IAsyncEnumerable<JournalEvent> ReadAsync(
        string persistenceId, long fromVersion, long toVersion = long.MaxValue,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        CheckRead();
        await foreach (var stored in inner.ReadAsync(persistenceId, fromVersion, toVersion, cancellationToken))
        {
            yield return stored;
        }
    }

    /// <inheritdoc />
    public Task<long> HighestVersionAsync(string persistenceId, CancellationToken cancellationToken = default) =>
        Through(() => inner.HighestVersionAsync(persistenceId, cancellationToken));

    /// <inheritdoc />
    public Task<IReadOnlyList<JournalEvent>> ReadAllAsync(
        long afterPosition, int limit, CancellationToken cancellationToken = default) =>
        Through(() => inner.ReadAllAsync(afterPosition, limit, cancellationToken));

    /// <inheritdoc />
    public Task<long> HighestPositionAsync(CancellationToken cancellationToken = default) =>
        Through(() => inner.HighestPositionAsync(cancellationToken));

    /// <inheritdoc />
    public Task<IReadOnlyList<string>> PersistenceIdsAsync(CancellationToken cancellationToken = default) =>
        Through(() => inner.PersistenceIdsAsync(cancellationToken));

    /// <inheritdoc />
    public Task<IReadOnlyList<EventKind>> EventKindsAsync(CancellationToken cancellationToken = default) =>
        Through(() => inner.EventKindsAsync(cancellationToken));

    /// <inheritdoc />
    public Task SaveSnapshotAsync(JournalSnapshot snapshot, CancellationToken cancellationToken = default) =>
        Through(() => inner.SaveSnapshotAsync(snapshot, cancellationToken));

    /// <inheritdoc />
    public Task<JournalSnapshot?> LoadSnapshotAsync(
        string persistenceId, long maxVersion = long.MaxValue, CancellationToken cancellationToken = default) =>
        Through(() => inner.LoadSnapshotAsync(persistenceId, maxVersion, cancellationToken));

    /// <inheritdoc />
    public Task DeleteSnapshotsAsync(string persistenceId, long toVersion, CancellationToken cancellationToken = default) =>
        Through(() => inner.DeleteSnapshotsAsync(persistenceId, toVersion, cancellationToken));

    /// <inheritdoc />
    public Task DeleteEventsAsync(string persistenceId, long toVersion, CancellationToken cancellationToken = default) =>
        Through(() => inner.DeleteEventsAsync(persistenceId, toVersion, cancellationToken));

    /// <inheritdoc />
    public Task<Receipt?> FindReceiptAsync(string key, CancellationToken cancellationToken = default) =>
        Through(() => inner.FindReceiptAsync(key, cancellationToken));

    /// <inheritdoc />
    public Task AddNoteAsync(JournalNote note, CancellationToken cancellationToken = default) =>
        Through(() => inner.AddNoteAsync(note, cancellationToken));

    /// <inheritdoc />
    public Task<IReadOnlyList<JournalNote>> ReadNotesAsync(
        string persistenceId, int limit, CancellationToken cancellationToken = default) =>
        Through(() => inner.ReadNotesAsync(persistenceId, limit, cancellationToken));

    private T Through<T>(Func<T> call)
        where T : Task
    {
        CheckRead();
        return call();
    }
}
