using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.Journal.Sqlite.Native;

namespace VmSupervisor.Journal.Sqlite.Writing;

/// <summary>Executes batches on the one writing connection. Everything here happens on the writer's thread.</summary>
internal sealed class SqliteBatchStore : IBatchStore, IDisposable
{
    // Table leaf, index leaf and sqlite_sequence of an append, rounded up: an estimate of the WAL's growth will do.
    private const int PagesPerWrite = 4;
    private const int PurgePortion = 16;

    private readonly Database database;
    private readonly WriteStatements statements;
    private readonly TimeProvider time;
    private readonly int checkpointPages;
    private readonly Statement begin;
    private readonly Statement commit;
    private readonly Statement rollback;
    private readonly Statement savepoint;
    private readonly Statement release;
    private readonly Statement rollbackToSavepoint;
    private long pagesSinceCheckpoint;

    public SqliteBatchStore(Database database, SqliteJournalOptions options, TimeProvider time)
    {
        this.database = database;
        this.time = time;
        checkpointPages = options.CheckpointPages;
        statements = new WriteStatements(database, options.NotesPerStream);
        begin = database.Prepare("BEGIN IMMEDIATE");
        commit = database.Prepare("COMMIT");
        rollback = database.Prepare("ROLLBACK");
        savepoint = database.Prepare("SAVEPOINT one_write");
        release = database.Prepare("RELEASE one_write");
        rollbackToSavepoint = database.Prepare("ROLLBACK TO one_write");
    }

    public ValueTask<BatchResult> CommitAsync(IReadOnlyList<JournalWrite> batch) => ValueTask.FromResult(Commit(batch));

    // Here and not by SQLite within a commit: then its two syncs are nobody's latency.
    public ValueTask MaintainAsync()
    {
        if (pagesSinceCheckpoint >= checkpointPages)
        {
            pagesSinceCheckpoint = 0;
            database.Checkpoint();
        }
        return ValueTask.CompletedTask;
    }

    public void Dispose() => database.Dispose();

    private BatchResult Commit(IReadOnlyList<JournalWrite> batch)
    {
        AppendResult[] results;
        try
        {
            begin.Begin().Run();
            results = ExecuteAll(batch);
        }
        catch (Exception e)
        {
            // Not committed: whatever it was, nothing of it stays.
            RollBack();
            return e is SqliteError { IsFullBeforeCommit: true } ? new BatchResult.Full(e) : new BatchResult.NotWritten(e);
        }
        try
        {
            commit.Begin().Run();
        }
        catch (SqliteError e)
        {
            return AfterFailedCommit(e);
        }
        statements.Committed();
        pagesSinceCheckpoint += batch.Sum(write => PagesPerWrite + write.PayloadBytes / Schema.PageBytes);
        return new BatchResult.Committed(results);
    }

    // A commit writes its frames and then syncs. No room for a frame: the last one, which would make it a commit, is
    // not there. Any later failure leaves a whole commit in the file that may or may not survive a power cut.
    private BatchResult AfterFailedCommit(SqliteError error)
    {
        statements.TakenBack();
        if (!database.InTransaction)
            return error.IsFull ? new BatchResult.Full(error) : new BatchResult.Unknown(error);
        RollBack();
        return new BatchResult.NotWritten(error);
    }

    private AppendResult[] ExecuteAll(IReadOnlyList<JournalWrite> batch)
    {
        var now = time.GetUtcNow();
        var results = new AppendResult[batch.Count];
        for (var i = 0; i < batch.Count; i++)
            results[i] = ExecuteOne(batch[i], now);
        if (batch.Sum(Receipts) is > 0 and var receipts)
            statements.PurgeReceipts(now, 2 * receipts + PurgePortion);
        return results;
    }

    private AppendResult ExecuteOne(JournalWrite write, DateTimeOffset now)
    {
        savepoint.Begin().Run();
        try
        {
            var result = statements.Execute(write, now);
            release.Begin().Run();
            return result;
        }
        catch (SqliteError e) when (e.IsOfOneWrite && database.InTransaction)
        {
            statements.TakenBack();
            rollbackToSavepoint.Begin().Run();
            release.Begin().Run();
            return new AppendResult.Rejected(e);
        }
    }

    private static int Receipts(JournalWrite write) => write is JournalWrite.Append append ? append.Request.Receipts.Count : 0;

    private void RollBack()
    {
        statements.TakenBack();
        if (database.InTransaction)
            rollback.Begin().Run();
    }
}
