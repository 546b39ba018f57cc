using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.Journal.Sqlite.Native;

namespace VmSupervisor.Supervisor.Journal.Sqlite.Tests;

public sealed class SqliteJournalTests
{
    [Fact]
    public async Task An_event_comes_back_as_it_was_written()
    {
        using var directory = new TempDirectory();
        await using var journal = TestJournal.Open(directory.File("journal.db"));
        var at = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.FromHours(2)).AddTicks(1);
        byte[] payload = [0, 1, 2, 0, 255];
        await journal.MustAppendAsync(new AppendRequest("vm-ä-🖥", 0, [new NewEvent("vm.défini", 3, payload, at), new NewEvent("empty", 1, default, at)]));
        var events = await journal.ListAsync("vm-ä-🖥");
        Assert.Equal([1L, 2L], events.Select(e => e.Version));
        Assert.Equal(("vm.défini", 3, at, "vm-ä-🖥"), (events[0].Type, events[0].SchemaVersion, events[0].At, events[0].PersistenceId));
        Assert.Equal(payload, events[0].Payload.ToArray());
        Assert.True(events[1].Payload.IsEmpty);
    }

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(0)]
    public async Task It_tells_its_room_and_whether_its_reserve_is_there(long reserve)
    {
        using var directory = new TempDirectory();
        await using var journal = TestJournal.Open(directory.File("journal.db"), with: o => o with { ReserveBytes = reserve });
        var space = journal.LookAtSpace();
        Assert.Equal((directory.File("journal.db"), reserve, reserve > 0), (space.Where, space.ReserveBytes, space.ReserveHeld));
        Assert.True(space.FreeBytes > 0);
    }

    [Fact]
    public async Task Positions_grow_even_when_the_newest_events_were_deleted()
    {
        using var directory = new TempDirectory();
        await using var journal = TestJournal.Open(directory.File("journal.db"));
        var first = await journal.MustAppendAsync(TestJournal.Append("vm-1", 0, "one", "two"));
        await journal.DeleteEventsAsync("vm-1", 2);
        var second = await journal.MustAppendAsync(TestJournal.Append("vm-1", 2, "three"));
        Assert.True(second.Position > first.Position);
        Assert.Equal(3, second.Version);
    }

    [Fact]
    public async Task A_long_stream_is_read_over_many_pages_without_a_gap()
    {
        using var directory = new TempDirectory();
        await using var journal = TestJournal.Open(directory.File("journal.db"));
        await journal.MustAppendAsync(TestJournal.Append("vm-1", 0, [.. Enumerable.Range(1, 1000).Select(i => $"{i}")]));
        var events = await journal.ListAsync("vm-1", 7, 999);
        Assert.Equal(Enumerable.Range(7, 993).Select(i => $"{i}"), events.Select(e => e.Payload.Text()));
    }

    [Fact]
    public async Task Events_that_are_deleted_while_they_are_read_are_a_gap_that_is_reported()
    {
        using var directory = new TempDirectory();
        await using var journal = TestJournal.Open(directory.File("journal.db"));
        await journal.MustAppendAsync(TestJournal.Append("vm-1", 0, [.. Enumerable.Range(1, 1000).Select(i => $"{i}")]));
        await using var reading = journal.ReadAsync("vm-1", 1).GetAsyncEnumerator();
        Assert.True(await reading.MoveNextAsync());
        await journal.DeleteEventsAsync("vm-1", 900);
        var error = await Assert.ThrowsAsync<JournalException>(async () =>
        {
            while (await reading.MoveNextAsync())
            {
            }
        });
        Assert.Contains("gap", error.Message);
    }

    [Fact]
    public async Task Writers_of_one_stream_share_a_batch_and_exactly_one_wins()
    {
        using var directory = new TempDirectory();
        await using var journal = TestJournal.Open(directory.File("journal.db"));
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => journal.AppendAsync(TestJournal.Append("vm-1", 0, $"writer {i}"))));
        Assert.Single(results.OfType<AppendResult.Appended>());
        Assert.All(results.Where(r => r is not AppendResult.Appended), r => Assert.Equal(new AppendResult.Conflict(1), r));
        Assert.Single(await journal.ListAsync("vm-1"));
    }

    [Fact]
    public async Task Two_journals_on_one_file_fence_each_other_by_version()
    {
        using var directory = new TempDirectory();
        await using var one = TestJournal.Open(directory.File("journal.db"));
        await using var other = TestJournal.Open(directory.File("journal.db"));
        await one.MustAppendAsync(TestJournal.Append("vm-1", 0, "one"));
        Assert.Equal(new AppendResult.Conflict(1), await other.AppendAsync(TestJournal.Append("vm-1", 0, "another")));
    }

    [Fact]
    public async Task A_reader_in_the_middle_of_a_transaction_does_not_block_the_writer()
    {
        using var directory = new TempDirectory();
        await using var journal = TestJournal.Open(directory.File("journal.db"), with: o => o with { CheckpointPages = 1 });
        await journal.MustAppendAsync(TestJournal.Append("vm-1", 0, "one"));
        using var reader = Database.Open(directory.File("journal.db"), Access.ReadOnly, TimeSpan.Zero);
        reader.Execute("BEGIN");
        Assert.Equal(1, reader.QueryNumber("SELECT count(*) FROM events"));
        for (var version = 1; version < 50; version++)
            await journal.MustAppendAsync(TestJournal.Append("vm-1", version, "more"));
        Assert.Equal(1, reader.QueryNumber("SELECT count(*) FROM events"));
        Assert.Equal(50, await journal.HighestVersionAsync("vm-1"));
    }

    [Fact]
    public async Task The_log_is_copied_into_the_database_and_does_not_grow_for_ever()
    {
        using var directory = new TempDirectory();
        var path = directory.File("journal.db");
        await using var journal = TestJournal.Open(path, with: o => o with { CheckpointPages = 20 });
        for (var version = 0; version < 300; version++)
            await journal.MustAppendAsync(TestJournal.Append("vm-1", version, new string('x', 2000)));
        Assert.InRange(new FileInfo(path + "-wal").Length, 1, 400_000);
        Assert.InRange(new FileInfo(path).Length, 500_000, long.MaxValue);
    }

    [Fact]
    public async Task The_log_has_its_size_before_the_first_append()
    {
        using var directory = new TempDirectory();
        var path = directory.File("journal.db");
        await using var journal = TestJournal.Open(path);
        var size = new FileInfo(path + "-wal").Length;
        Assert.InRange(size, 4_000_000, 5_000_000);
        for (var version = 0; version < 300; version++)
            await journal.MustAppendAsync(TestJournal.Append("vm-1", version, new string('x', 400)));
        Assert.Equal(size, new FileInfo(path + "-wal").Length);
    }

    [Fact]
    public async Task Expired_receipts_are_purged_a_few_with_each_write()
    {
        using var directory = new TempDirectory();
        var path = directory.File("journal.db");
        var time = new SettableTime();
        await using var journal = TestJournal.Open(path, time);
        await journal.MustAppendAsync(new AppendRequest("vm-1", 0, []) { Receipts = [.. Enumerable.Range(0, 40).Select(i => Receipt($"old-{i}"))] });
        time.Now += TimeSpan.FromHours(2);
        await journal.MustAppendAsync(new AppendRequest("vm-1", 0, []) { Receipts = [Receipt("new-1")] });
        using var database = Database.Open(path, Access.ReadOnly, TimeSpan.Zero);
        Assert.InRange(database.QueryNumber("SELECT count(*) FROM receipts"), 2, 40);
        for (var i = 2; i < 5; i++)
            await journal.MustAppendAsync(new AppendRequest("vm-1", 0, []) { Receipts = [Receipt($"new-{i}")] });
        Assert.Equal(4, database.QueryNumber("SELECT count(*) FROM receipts"));

        Receipt Receipt(string key) => new(key, "start", default, time.Now.AddHours(1));
    }

    /// <summary>In real time: the writer's thread is blocked in SQLite.</summary>
    [Fact(Timeout = 120_000), Trait("Time", "real")]
    public async Task An_append_is_answered_in_time_though_the_writer_is_blocked_and_works_on_afterwards()
    {
        using var directory = new TempDirectory();
        var path = directory.File("journal.db");
        await using var journal = TestJournal.Open(path, with: o => o with
        {
            Batching = o.Batching with { CommitTimeLimit = TimeSpan.FromMilliseconds(300) },
        });
        using (var other = Database.Open(path, Access.ReadWrite, TimeSpan.Zero))
        {
            other.Execute("BEGIN IMMEDIATE");
            var blocked = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => journal.AppendAsync(TestJournal.Append("vm-1", 0, "one"))))
                .WaitAsync(TimeSpan.FromMinutes(1));
            Assert.All(blocked, result => Assert.True(result is AppendResult.Unknown or AppendResult.Rejected, $"{result}"));
            Assert.Equal(0, await journal.HighestVersionAsync("vm-1"));
            other.Execute("ROLLBACK");
        }
        // What was answered as unknown may still come: only reading tells, and a stale version is a conflict. Under
        // load the next append may hit its short time limit, too.
        AppendResult result;
        do
            result = await journal.AppendAsync(TestJournal.Append("vm-1", await journal.HighestVersionAsync("vm-1"), "two"));
        while (result is not AppendResult.Appended);
        Assert.Equal("two", (await journal.ListAsync("vm-1"))[^1].Payload.Text());
    }

    [Fact]
    public async Task Notes_are_bounded_per_stream()
    {
        using var directory = new TempDirectory();
        await using var journal = TestJournal.Open(directory.File("journal.db"), with: o => o with { NotesPerStream = 3 });
        for (var i = 1; i <= 5; i++)
            await journal.AddNoteAsync(new JournalNote("vm-1", i, new byte[] { (byte)i }, TestJournal.Noon));
        await journal.AddNoteAsync(new JournalNote("vm-2", 9, default, TestJournal.Noon));
        Assert.Equal([3L, 4L, 5L], (await journal.ReadNotesAsync("vm-1", 100)).Select(n => n.AtVersion));
        Assert.Equal([4L, 5L], (await journal.ReadNotesAsync("vm-1", 2)).Select(n => n.AtVersion));
        Assert.Equal([9L], (await journal.ReadNotesAsync("vm-2", 100)).Select(n => n.AtVersion));
        Assert.Empty(await journal.PersistenceIdsAsync());
    }

    [Fact]
    public async Task Snapshots_are_found_by_version_replaced_and_deleted()
    {
        using var directory = new TempDirectory();
        await using var journal = TestJournal.Open(directory.File("journal.db"));
        foreach (var (version, type) in ((long, string)[])[(5, "a"), (10, "b"), (10, "c")])
            await journal.SaveSnapshotAsync(new JournalSnapshot("vm-1", version, type, 2, new byte[] { 42 }, TestJournal.Noon));
        var newest = await journal.LoadSnapshotAsync("vm-1");
        Assert.Equal((10L, "c", 2, TestJournal.Noon), (newest!.Version, newest.Type, newest.SchemaVersion, newest.At));
        Assert.Equal([42], newest.Payload.ToArray());
        Assert.Equal(5, (await journal.LoadSnapshotAsync("vm-1", 9))?.Version);
        await journal.DeleteSnapshotsAsync("vm-1", 5);
        Assert.Null(await journal.LoadSnapshotAsync("vm-1", 9));
        Assert.Equal(["vm-1"], await journal.PersistenceIdsAsync());
    }

    [Fact]
    public async Task A_closed_journal_says_so()
    {
        using var directory = new TempDirectory();
        var journal = TestJournal.Open(directory.File("journal.db"));
        var last = journal.AppendAsync(TestJournal.Append("vm-1", 0, "one"));
        await journal.DisposeAsync();
        await journal.DisposeAsync();
        Assert.IsType<AppendResult.Appended>(await last);
        Assert.IsType<JournalClosedException>(Assert.IsType<AppendResult.Rejected>(await journal.AppendAsync(TestJournal.Append("vm-1", 1, "two"))).Cause);
        await Assert.ThrowsAsync<JournalClosedException>(() => journal.HighestVersionAsync("vm-1"));
    }
}
