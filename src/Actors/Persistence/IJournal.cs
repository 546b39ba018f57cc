namespace VmSupervisor.Actors.Persistence;

/// <summary>
/// Where persistent actors keep their events. One stream per persistence id, versions 1, 2, 3, … without a gap;
/// over all streams a <see cref="JournalEvent.Position"/> that only grows.
/// </summary>
/// <remarks>
/// An implementation passes the conformance suite of the test kit. What it promises: an append is answered only
/// after its commit, is always answered, within a time limit, and says the root cause when it fails; of two writers
/// with one id exactly one wins; one append's conflict never fails the appends it shares a commit with; overload
/// pushes back instead of dropping; the highest version survives deletes; a reader never skips a gap.
/// <para>
/// Under a receipt key the first answer wins, and an append that carries another one goes through all the same, its
/// own answer left out. Events are facts (a process has exited, whoever asked for it): they must never be lost
/// because an id was used twice, and a writer that retries would be rejected for as long as the key is taken.
/// </para>
/// </remarks>
public interface IJournal
{
    /// <summary>
    /// Appends events and receipts as one atomic, durable write; a receipt whose key is taken is left out and keeps
    /// nothing else from being written. Never throws for trouble of the store: the result tells what is known. Cancelling gives up waiting for a place in the queue; once the write is queued the
    /// caller gets its result.
    /// </summary>
    Task<AppendResult> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default);

    /// <summary>The events of one stream with <paramref name="fromVersion"/> ≤ version ≤ <paramref name="toVersion"/>, in order.</summary>
    IAsyncEnumerable<JournalEvent> ReadAsync(
        string persistenceId, long fromVersion, long toVersion = long.MaxValue, CancellationToken cancellationToken = default);

    /// <summary>The highest version ever written to a stream, also when its events were deleted; 0 when there is none.</summary>
    Task<long> HighestVersionAsync(string persistenceId, CancellationToken cancellationToken = default);

    /// <summary>
    /// At most <paramref name="limit"/> events of all streams with a position above <paramref name="afterPosition"/>,
    /// in order. An event that is not yet visible is never skipped: a later one is not returned before it.
    /// </summary>
    Task<IReadOnlyList<JournalEvent>> ReadAllAsync(long afterPosition, int limit, CancellationToken cancellationToken = default);

    /// <summary>The position of the newest visible event; 0 when there is none.</summary>
    Task<long> HighestPositionAsync(CancellationToken cancellationToken = default);

    /// <summary>Every persistence id that has events or a snapshot, in ordinal order.</summary>
    Task<IReadOnlyList<string>> PersistenceIdsAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Every kind of event that was ever written, also when its events were deleted; in no order. So a program can tell,
    /// before it begins, whether a newer one was here.
    /// </summary>
    Task<IReadOnlyList<EventKind>> EventKindsAsync(CancellationToken cancellationToken = default);

    /// <summary>Saves a snapshot; one that exists for the same version is replaced.</summary>
    Task SaveSnapshotAsync(JournalSnapshot snapshot, CancellationToken cancellationToken = default);

    /// <summary>The newest snapshot with a version of at most <paramref name="maxVersion"/>, or null.</summary>
    Task<JournalSnapshot?> LoadSnapshotAsync(
        string persistenceId, long maxVersion = long.MaxValue, CancellationToken cancellationToken = default);

    /// <summary>Deletes the snapshots with a version of at most <paramref name="toVersion"/>.</summary>
    Task DeleteSnapshotsAsync(string persistenceId, long toVersion, CancellationToken cancellationToken = default);

    /// <summary>Deletes the events with a version of at most <paramref name="toVersion"/>; the highest version is remembered.</summary>
    Task DeleteEventsAsync(string persistenceId, long toVersion, CancellationToken cancellationToken = default);

    /// <summary>The first receipt written under a key, or null when there is none or it has expired.</summary>
    Task<Receipt?> FindReceiptAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Keeps a note beside a stream: what was refused or ignored, and by whom it was asked. Notes are bounded (the
    /// oldest of a stream go first) and are not events: replay does not see them.
    /// </summary>
    Task AddNoteAsync(JournalNote note, CancellationToken cancellationToken = default);

    /// <summary>The newest notes of a stream, at most <paramref name="limit"/>, oldest first.</summary>
    Task<IReadOnlyList<JournalNote>> ReadNotesAsync(string persistenceId, int limit, CancellationToken cancellationToken = default);
}
