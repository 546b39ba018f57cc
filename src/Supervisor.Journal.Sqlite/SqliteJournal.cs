using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.Journal.Sqlite.Native;
using VmSupervisor.Journal.Sqlite.Reading;
using VmSupervisor.Journal.Sqlite.Writing;

namespace VmSupervisor.Journal.Sqlite;

/// <summary>
/// The journal in one SQLite file: WAL, synced at every commit; one writing thread whose waiting writes share
/// commits; readers on connections of their own, which never block it.
/// </summary>
/// <remarks>
/// Writes other than appends throw <see cref="JournalException"/> when they fail. One process at a time writes a
/// journal: see <see cref="StateDirectoryLock"/>.
/// </remarks>
public sealed class SqliteJournal : IJournal, IJournalSpace, IJournalUpkeep, IAsyncDisposable
{
    private const int PageEvents = 256;

    private readonly TimeProvider time;
    private readonly TimeSpan closeTimeLimit;
    private readonly SqliteBatchStore store;
    private readonly WriterThread thread;
    private readonly BatchingWriter writer;
    private readonly ReaderPool readers;
    private readonly ISpaceReserve? reserve;
    private readonly string path;
    private readonly long reserveBytes;
    private Task? closing;

    private SqliteJournal(
        SqliteJournalOptions options, TimeProvider time, ILogger logger, SqliteBatchStore store, ISpaceReserve? reserve, ReaderPool readers,
        JournalIdentity identity)
    {
        Identity = identity;
        this.time = time;
        closeTimeLimit = options.Batching.CommitTimeLimit;
        this.store = store;
        this.readers = readers;
        this.reserve = reserve;
        path = Path.GetFullPath(options.Path);
        reserveBytes = options.ReserveBytes;
        thread = new WriterThread("journal writer");
        writer = new BatchingWriter(store, reserve, thread, time, options.Batching, logger);
    }

    /// <summary>Opens a journal, or makes it where there is no file.</summary>
    /// <exception cref="JournalFileException">
    /// The file is foreign, damaged, of a newer version or not accessible. It was left as it is.
    /// </exception>
    public static SqliteJournal Open(SqliteJournalOptions options, TimeProvider time, ILogger<SqliteJournal> logger)
    {
        options.Validate();
        var reservePath = Path.GetFullPath(options.Path) + ".reserve";
        var hadReserve = File.Exists(reservePath);
        var reserve = options.ReserveBytes > 0 ? new ReserveFile(reservePath, options.ReserveBytes) : null;
        // Before the file is opened: after a crash on a full disk it is still there, and opening may need it.
        reserve?.TryRestore();
        var file = new JournalFile(options, reserve);
        var opened = new Stack<IDisposable>();
        try
        {
            var database = file.Open();
            opened.Push(database);
            var store = new SqliteBatchStore(database, options, time);
            var readers = new List<ReadStatements>();
            for (var i = 0; i < options.Readers; i++)
            {
                var reader = file.OpenReader();
                opened.Push(reader);
                readers.Add(new ReadStatements(reader));
            }
            return new SqliteJournal(options, time, logger, store, reserve, new ReaderPool(readers), readers[0].Identity());
        }
        catch (Exception e)
        {
            while (opened.TryPop(out var connection))
                connection.Dispose();

            // What is refused is left as it was found.
            if (!hadReserve)
                reserve?.TryRelease();
            if (e is SqliteError)
                throw new JournalFileException($"journal {options.Path} cannot be opened: {e.Message}", e);
            throw;
        }
    }

    /// <inheritdoc/>
    public JournalIdentity Identity { get; }

    /// <inheritdoc/>
    public Task<JournalReport> BackUpAsync(string path, string source, CancellationToken cancellationToken = default) =>
        Apart.RunAsync(() => JournalBackup.Write(this.path, path, new BackupLabel(source, time.GetUtcNow(), ""), cancellationToken));

    /// <inheritdoc/>
    public Task<JournalReport> VerifyAsync(IEventSerializer serializer, CancellationToken cancellationToken = default) =>
        Apart.RunAsync(() => new JournalVerification(path, serializer).Run(cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<EventKind>> EventKindsAsync(CancellationToken cancellationToken = default) =>
        readers.RunAsync(reader => reader.Kinds(), cancellationToken);

    /// <inheritdoc/>
    public JournalSpace LookAtSpace() =>
        new(path, new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace, reserveBytes, reserve is { IsHeld: true });

    /// <inheritdoc/>
    public Task<AppendResult> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(request.PersistenceId);
        return writer.WriteAsync(new JournalWrite.Append(request), cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<JournalEvent> ReadAsync(
        string persistenceId, long fromVersion, long toVersion = long.MaxValue,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        long? last = null;
        while (fromVersion <= toVersion)
        {
            var from = fromVersion;
            var page = await readers.RunAsync(reader => reader.Events(persistenceId, from, toVersion, PageEvents), cancellationToken);
            foreach (var e in page)
            {
                if (last is { } previous && e.Version != previous + 1)
                    throw new JournalException($"journal: {persistenceId} has a gap between versions {previous} and {e.Version}; were they deleted while it was read?");
                last = e.Version;
                yield return e;
            }
            if (page.Count == 0 || last == long.MaxValue)
                yield break;
            fromVersion = last!.Value + 1;
        }
    }

    /// <inheritdoc/>
    public Task<long> HighestVersionAsync(string persistenceId, CancellationToken cancellationToken = default) =>
        readers.RunAsync(reader => reader.HighestVersion(persistenceId), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournalEvent>> ReadAllAsync(long afterPosition, int limit, CancellationToken cancellationToken = default) =>
        readers.RunAsync(reader => reader.AllEvents(afterPosition, limit), cancellationToken);

    /// <inheritdoc/>
    public Task<long> HighestPositionAsync(CancellationToken cancellationToken = default) =>
        readers.RunAsync(reader => reader.HighestPosition(), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> PersistenceIdsAsync(CancellationToken cancellationToken = default) =>
        readers.RunAsync(reader => reader.PersistenceIds(), cancellationToken);

    /// <inheritdoc/>
    public Task SaveSnapshotAsync(JournalSnapshot snapshot, CancellationToken cancellationToken = default) =>
        WriteAsync(new JournalWrite.SaveSnapshot(snapshot), cancellationToken);

    /// <inheritdoc/>
    public Task<JournalSnapshot?> LoadSnapshotAsync(
        string persistenceId, long maxVersion = long.MaxValue, CancellationToken cancellationToken = default) =>
        readers.RunAsync(reader => reader.Snapshot(persistenceId, maxVersion), cancellationToken);

    /// <inheritdoc/>
    public Task DeleteSnapshotsAsync(string persistenceId, long toVersion, CancellationToken cancellationToken = default) =>
        WriteAsync(new JournalWrite.DeleteSnapshots(persistenceId, toVersion), cancellationToken);

    /// <inheritdoc/>
    public Task DeleteEventsAsync(string persistenceId, long toVersion, CancellationToken cancellationToken = default) =>
        WriteAsync(new JournalWrite.DeleteEvents(persistenceId, toVersion), cancellationToken);

    /// <inheritdoc/>
    public Task<Receipt?> FindReceiptAsync(string key, CancellationToken cancellationToken = default) =>
        readers.RunAsync(reader => reader.Receipt(key, time.GetUtcNow()), cancellationToken);

    /// <inheritdoc/>
    public Task AddNoteAsync(JournalNote note, CancellationToken cancellationToken = default) =>
        WriteAsync(new JournalWrite.AddNote(note), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournalNote>> ReadNotesAsync(string persistenceId, int limit, CancellationToken cancellationToken = default) =>
        readers.RunAsync(reader => reader.Notes(persistenceId, limit), cancellationToken);

    /// <summary>
    /// Brings the queued writes to their end and closes the file. When the disk hangs, it gives up after the
    /// commit time limit (once for readers, once for the writer) and leaves the connection to the thread stuck in it.
    /// </summary>
    public async ValueTask DisposeAsync() => await (closing ??= CloseAsync());

    private async Task CloseAsync()
    {
        try
        {
            await readers.DisposeAsync().AsTask().WaitAsync(closeTimeLimit, time);
        }
        catch (TimeoutException)
        {
            // Stuck in the disk; the writer is still to be brought to its end.
        }
        if (!await writer.CloseAsync())
            return;
        // The last connection to go copies the log into the file and deletes it; on the thread that owns it.
        _ = Task.Factory.StartNew(store.Dispose, CancellationToken.None, TaskCreationOptions.None, thread);
        thread.Finish();
        await thread.Ended;
    }

    private async Task WriteAsync(JournalWrite write, CancellationToken cancellationToken)
    {
        switch (await writer.WriteAsync(write, cancellationToken))
        {
            case AppendResult.Rejected rejected:
                throw new JournalException($"the journal rejected a write: {rejected.Cause.Message}", rejected.Cause);
            case AppendResult.Unknown unknown:
                throw new JournalException($"the journal may not have written: {unknown.Cause.Message}", unknown.Cause);
        }
    }
}
