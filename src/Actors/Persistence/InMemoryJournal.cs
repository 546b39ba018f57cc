using System.Runtime.CompilerServices;

namespace VmSupervisor.Actors.Persistence;

/// <summary>A journal that lives as long as its object: for tests, and for what need not outlive the process.</summary>
/// <param name="timeProvider">By whose clock receipts expire.</param>
/// <param name="notesPerStream">How many notes are kept of each stream.</param>
public sealed class InMemoryJournal(TimeProvider timeProvider, int notesPerStream = 200) : IJournal, IDisposable
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, StoredStream> _streams = new(StringComparer.Ordinal);
    private readonly SortedSet<JournalEvent> _all = new(Comparer<JournalEvent>.Create((a, b) => a.Position.CompareTo(b.Position)));
    private readonly Dictionary<string, Receipt> _receipts = new(StringComparer.Ordinal);
    private readonly HashSet<EventKind> _kinds = [];
    private long _position;
    private bool _closed;

    /// <summary>Closes it: appends are rejected from now on, reading goes on.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
        }
    }

    /// <inheritdoc />
    public Task<AppendResult> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<AppendResult>(cancellationToken);
        }

        lock (_lock)
        {
            return Task.FromResult(Append(request));
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<JournalEvent> ReadAsync(
        string persistenceId, long fromVersion, long toVersion = long.MaxValue,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        JournalEvent[] events;
        lock (_lock)
        {
            events = [.. Find(persistenceId).Events.Values.Where(e => e.Version >= fromVersion && e.Version <= toVersion)];
        }

        foreach (var stored in events)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return stored;
        }

        await Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<long> HighestVersionAsync(string persistenceId, CancellationToken cancellationToken = default) =>
        Answer(() => Find(persistenceId).HighestVersion, cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<JournalEvent>> ReadAllAsync(
        long afterPosition, int limit, CancellationToken cancellationToken = default) =>
        Answer<IReadOnlyList<JournalEvent>>(
            () => [.. After(afterPosition).Take(limit)], cancellationToken);

    /// <inheritdoc />
    public Task<long> HighestPositionAsync(CancellationToken cancellationToken = default) =>
        Answer(() => _all.Max?.Position ?? 0, cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<string>> PersistenceIdsAsync(CancellationToken cancellationToken = default) =>
        Answer<IReadOnlyList<string>>(
            () => [.. _streams.Where(s => s.Value.Events.Count + s.Value.Snapshots.Count > 0).Select(s => s.Key)],
            cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<EventKind>> EventKindsAsync(CancellationToken cancellationToken = default) =>
        Answer<IReadOnlyList<EventKind>>(() => [.. _kinds], cancellationToken);

    /// <inheritdoc />
    public Task SaveSnapshotAsync(JournalSnapshot snapshot, CancellationToken cancellationToken = default) =>
        Answer(
            () => Open(snapshot.PersistenceId).Snapshots[snapshot.Version] =
                snapshot with { Payload = snapshot.Payload.ToArray() },
            cancellationToken);

    /// <inheritdoc />
    public Task<JournalSnapshot?> LoadSnapshotAsync(
        string persistenceId, long maxVersion = long.MaxValue, CancellationToken cancellationToken = default) =>
        Answer(() => Find(persistenceId).Snapshots.Values.LastOrDefault(s => s.Version <= maxVersion), cancellationToken);

    /// <inheritdoc />
    public Task DeleteSnapshotsAsync(string persistenceId, long toVersion, CancellationToken cancellationToken = default) =>
        Answer(() => Forget(Find(persistenceId).Snapshots, toVersion).Count, cancellationToken);

    /// <inheritdoc />
    public Task DeleteEventsAsync(string persistenceId, long toVersion, CancellationToken cancellationToken = default) =>
        Answer(
            () =>
            {
                var gone = Forget(Find(persistenceId).Events, toVersion);
                gone.ForEach(e => _all.Remove(e));
                return gone.Count;
            },
            cancellationToken);

    /// <inheritdoc />
    public Task<Receipt?> FindReceiptAsync(string key, CancellationToken cancellationToken = default) =>
        Answer(() => LivingReceipt(key), cancellationToken);

    /// <inheritdoc />
    public Task AddNoteAsync(JournalNote note, CancellationToken cancellationToken = default) =>
        Answer(
            () =>
            {
                var notes = Open(note.PersistenceId).Notes;
                notes.Enqueue(note with { Payload = note.Payload.ToArray() });
                return notes.Count > notesPerStream && notes.TryDequeue(out _);
            },
            cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<JournalNote>> ReadNotesAsync(
        string persistenceId, int limit, CancellationToken cancellationToken = default) =>
        Answer<IReadOnlyList<JournalNote>>(() => [.. Find(persistenceId).Notes.TakeLast(limit)], cancellationToken);

    private AppendResult Append(AppendRequest request)
    {
        if (_closed)
        {
            return new AppendResult.Rejected(new ObjectDisposedException(nameof(InMemoryJournal)));
        }

        var highest = Find(request.PersistenceId).HighestVersion;
        if (highest != request.ExpectedVersion)
        {
            return new AppendResult.Conflict(highest);
        }

        var stream = Open(request.PersistenceId);
        foreach (var e in request.Events)
        {
            var stored = new JournalEvent(
                ++_position, request.PersistenceId, ++stream.HighestVersion, e.Type, e.SchemaVersion, e.Payload.ToArray(), e.At);
            stream.Events.Add(stored.Version, stored);
            _all.Add(stored);
            _kinds.Add(new(e.Type, e.SchemaVersion));
        }

        // Looked up one by one, so that the first answer also wins within one append.
        foreach (var receipt in request.Receipts.Where(r => LivingReceipt(r.Key) is null))
        {
            _receipts[receipt.Key] = receipt with { Payload = receipt.Payload.ToArray() };
        }

        return new AppendResult.Appended(stream.HighestVersion, request.Events.Count == 0 ? 0 : _position);
    }

    private IEnumerable<JournalEvent> After(long position)
    {
        if (_all.Max is not { } newest || newest.Position <= position)
        {
            return [];
        }

        var bound = newest with { Position = position + 1 };
        return _all.GetViewBetween(bound, newest);
    }

    private Receipt? LivingReceipt(string key) =>
        _receipts.TryGetValue(key, out var receipt) && receipt.ExpiresAt > timeProvider.GetUtcNow() ? receipt : null;

    private StoredStream Find(string persistenceId) => _streams.GetValueOrDefault(persistenceId) ?? new StoredStream();

    private StoredStream Open(string persistenceId) =>
        _streams.TryGetValue(persistenceId, out var stream) ? stream : _streams[persistenceId] = new StoredStream();

    private static List<T> Forget<T>(SortedDictionary<long, T> items, long toVersion)
    {
        var gone = items.TakeWhile(i => i.Key <= toVersion).ToList();
        gone.ForEach(i => items.Remove(i.Key));
        return gone.ConvertAll(i => i.Value);
    }

    private Task<T> Answer<T>(Func<T> read, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        lock (_lock)
        {
            return Task.FromResult(read());
        }
    }

    private sealed class StoredStream
    {
        public long HighestVersion { get; set; }

        public SortedDictionary<long, JournalEvent> Events { get; } = [];

        public SortedDictionary<long, JournalSnapshot> Snapshots { get; } = [];

        public Queue<JournalNote> Notes { get; } = [];
    }
}
