using System.Text;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.Journal.Sqlite;
using VmSupervisor.Journal.Sqlite.Native;
using VmSupervisor.Journal.Sqlite.Writing;

namespace VmSupervisor.Supervisor.Journal.Sqlite.Tests;

public sealed class SqliteBatchStoreTests : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly Database database;
    private readonly SqliteBatchStore store;

    public SqliteBatchStoreTests()
    {
        var options = new SqliteJournalOptions { Path = directory.File("journal.db") };
        database = new JournalFile(options, null).Open();
        store = new SqliteBatchStore(database, options, TimeProvider.System);
    }

    [Fact]
    public async Task A_conflict_never_fails_its_batch_mates()
    {
        var results = await Commit(Append("vm-1", 0), Append("vm-2", 5), Append("vm-1", 1), Append("vm-1", 1), Append("vm-3", 0));
        Assert.Equal<AppendResult>(
            [new AppendResult.Appended(1, 1), new AppendResult.Conflict(0), new AppendResult.Appended(2, 2), new AppendResult.Conflict(2), new AppendResult.Appended(1, 3)],
            results);
        Assert.Equal(3, database.QueryNumber("SELECT count(*) FROM events"));
    }

    [Fact]
    public async Task A_write_the_store_cannot_hold_is_taken_back_whole_and_alone()
    {
        var half = new AppendRequest("vm-1", 0, [TestJournal.Event("fine"), new NewEvent(null!, 1, default, TestJournal.Noon)]);
        var results = await Commit(Append("vm-2", 0), new JournalWrite.Append(half), Append("vm-3", 0));
        Assert.IsType<AppendResult.Appended>(results[0]);
        Assert.IsType<AppendResult.Rejected>(results[1]);
        Assert.IsType<AppendResult.Appended>(results[2]);
        Assert.Equal(2, database.QueryNumber("SELECT count(*) FROM events"));
        Assert.Equal(new AppendResult.Appended(1, 3), (await Commit(Append("vm-1", 0)))[0]);
    }

    [Fact]
    public async Task The_first_answer_of_a_batch_wins_and_all_events_of_the_batch_are_written()
    {
        var results = await Commit(Answer("vm-1", "first"), Answer("vm-2", "second"), Append("vm-3", 0));
        Assert.Equal<AppendResult>([new AppendResult.Appended(1, 1), new AppendResult.Appended(1, 2), new AppendResult.Appended(1, 3)], results);
        Assert.Equal(1, database.QueryNumber("SELECT count(*) FROM receipts"));
        Assert.Equal(1, database.QueryNumber("SELECT count(*) FROM receipts WHERE payload = CAST('first' AS BLOB)"));

        static JournalWrite Answer(string id, string answer) => new JournalWrite.Append(TestJournal.Append(id, 0, "event") with
        {
            Receipts = [new Receipt("op", "start", Encoding.UTF8.GetBytes(answer), DateTimeOffset.MaxValue)],
        });
    }

    [Fact]
    public async Task Without_room_nothing_of_the_batch_is_written_and_the_store_goes_on_when_there_is_some()
    {
        await Commit(Append("vm-1", 0));
        database.Execute($"PRAGMA max_page_count = {database.QueryNumber("PRAGMA page_count")}");
        var large = new JournalWrite.Append(TestJournal.Append("vm-1", 2, new string('x', 5_000_000)));
        Assert.IsType<BatchResult.Full>(await store.CommitAsync([Append("vm-1", 1), large]));
        Assert.Equal(1, database.QueryNumber("SELECT count(*) FROM events"));
        database.Execute("PRAGMA max_page_count = 1000000");
        Assert.All(await Commit(Append("vm-1", 1), large), result => Assert.IsType<AppendResult.Appended>(result));
    }

    [Fact]
    public async Task A_store_that_cannot_begin_has_written_nothing_for_certain()
    {
        using var other = Database.Open(directory.File("journal.db"), Access.ReadWrite, TimeSpan.Zero);
        database.Execute("PRAGMA busy_timeout = 0");
        other.Execute("BEGIN IMMEDIATE");
        var result = Assert.IsType<BatchResult.NotWritten>(await store.CommitAsync([Append("vm-1", 0)]));
        Assert.Contains("locked", result.Cause.Message);
        other.Execute("ROLLBACK");
        Assert.Equal(new AppendResult.Appended(1, 1), (await Commit(Append("vm-1", 0)))[0]);
    }

    public void Dispose()
    {
        store.Dispose();
        directory.Dispose();
    }

    private static JournalWrite Append(string id, long expectedVersion) => new JournalWrite.Append(TestJournal.Append(id, expectedVersion, "event"));

    private async Task<IReadOnlyList<AppendResult>> Commit(params JournalWrite[] batch) =>
        Assert.IsType<BatchResult.Committed>(await store.CommitAsync(batch)).Results;
}
