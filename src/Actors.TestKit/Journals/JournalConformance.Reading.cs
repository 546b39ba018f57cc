using VmSupervisor.Actors.Persistence;

namespace VmSupervisor.Actors.TestKit.Journals;

public abstract partial class JournalConformance
{
    private static void AddReading(Dictionary<string, Func<JournalConformance, Task>> cases)
    {
        cases["An_empty_journal_has_nothing"] = s => s.WithJournal(s.Empty);
        cases["Replay_gives_the_versions_between_its_bounds"] = s => s.WithJournal(s.Bounds);
        cases["A_replay_may_be_left_before_its_end"] = s => s.WithJournal(s.LeftEarly);
        cases["Read_all_gives_all_streams_in_the_order_of_positions_and_pages_by_position"] = s => s.WithJournal(s.Paging);
        cases["The_highest_version_survives_deletes"] = s => s.WithJournal(s.HighestSurvives);
        cases["Deleted_events_are_gone_from_every_reader"] = s => s.WithJournal(s.Deleted);
        cases["A_position_is_never_given_twice_even_when_its_event_is_deleted"] = s => s.WithJournal(s.PositionsNotReused);
        cases["Every_kind_of_event_that_was_ever_written_is_known"] = s => s.Kinds();
        cases["A_reopened_journal_has_all_that_was_answered"] = s => s.Reopened();
    }

    private async Task Empty(IJournal journal)
    {
        Equal(0, (await ReadAsync(journal, "a")).Count, "events");
        Equal(0, await journal.HighestVersionAsync("a"), "highest version");
        Equal(0, await journal.HighestPositionAsync(), "highest position");
        Equal(0, (await journal.ReadAllAsync(0, 10)).Count, "events of all streams");
        Equal(0, (await journal.PersistenceIdsAsync()).Count, "persistence ids");
        Equal(null, await journal.LoadSnapshotAsync("a"), "snapshot");
        Equal(null, await journal.FindReceiptAsync("a"), "receipt");
        Equal(0, (await journal.ReadNotesAsync("a", 10)).Count, "notes");
        await journal.DeleteEventsAsync("a", 10);
        await journal.DeleteSnapshotsAsync("a", 10);
        Equal(0, await journal.HighestVersionAsync("a"), "highest version after deleting nothing");
    }

    private async Task Bounds(IJournal journal)
    {
        await MustAppendAsync(journal, Request("a", 0, "1", "2", "3"));
        await MustAppendAsync(journal, Request("b", 0, "x"));
        await MustAppendAsync(journal, Request("a", 3, "4", "5"));
        Equal("a:2=2 a:3=3 a:4=4", Show(await ReadAsync(journal, "a", 2, 4)), "versions 2 to 4");
        Equal("a:5=5", Show(await ReadAsync(journal, "a", 5)), "versions from 5");
        Equal("a:1=1", Show(await ReadAsync(journal, "a", 1, 1)), "version 1");
        Equal("a:1=1 a:2=2 a:3=3 a:4=4 a:5=5", Show(await ReadAsync(journal, "a", 0, long.MaxValue)), "everything");
        Equal("", Show(await ReadAsync(journal, "a", 6)), "versions from 6");
        Equal("", Show(await ReadAsync(journal, "a", 4, 3)), "versions 4 to 3");
    }

    private async Task LeftEarly(IJournal journal)
    {
        await MustAppendAsync(journal, Request("a", 0, [.. Enumerable.Range(1, 500).Select(i => $"{i}")]));
        for (var i = 0; i < 20; i++)
        {
            await foreach (var stored in journal.ReadAsync("a", 1))
            {
                if (stored.Version == 3)
                {
                    break;
                }
            }
        }

        await MustAppendAsync(journal, Request("a", 500, "501"));
        Equal(501, (await ReadAsync(journal, "a")).Count, "events after replays that were left");
    }

    private async Task Paging(IJournal journal)
    {
        var expected = new List<string>();
        for (var i = 1; i <= 30; i++)
        {
            var id = "abc"[i % 3].ToString();
            await MustAppendAsync(journal, Request(id, await journal.HighestVersionAsync(id), $"{i}", $"{i}'"));
            expected.AddRange([$"{i}", $"{i}'"]);
        }

        foreach (var limit in new[] { 1, 7, 60, 1000 })
        {
            var all = await ReadAllAsync(journal, limit);
            Equal(string.Join(" ", expected), string.Join(" ", all.Select(e => Text(e.Payload))), $"all events by {limit}");
            True(all.Zip(all.Skip(1)).All(p => p.First.Position < p.Second.Position), "positions must grow");
            Equal(all[^1].Position, await journal.HighestPositionAsync(), "highest position");
        }

        Equal(0, (await journal.ReadAllAsync(await journal.HighestPositionAsync(), 10)).Count, "events after the last");
    }

    private async Task HighestSurvives(IJournal journal)
    {
        await MustAppendAsync(journal, Request("a", 0, "1", "2", "3"));
        await journal.DeleteEventsAsync("a", 3);
        Equal(3, await journal.HighestVersionAsync("a"), "highest version when all events are deleted");
        var conflict = Is<AppendResult.Conflict>(await AppendAsync(journal, Request("a", 0, "again")), "append as to a new stream");
        Equal(3, conflict.ActualVersion, "actual version");
        Equal(4, (await MustAppendAsync(journal, Request("a", 3, "4"))).Version, "version after the deletes");
        await journal.DeleteEventsAsync("a", 100);
        Equal(4, await journal.HighestVersionAsync("a"), "highest version after deleting beyond the end");
        Equal("", Show(await ReadAsync(journal, "a")), "stream");
    }

    private async Task Deleted(IJournal journal)
    {
        await MustAppendAsync(journal, Request("a", 0, "1", "2", "3"));
        await MustAppendAsync(journal, Request("b", 0, "x"));
        await journal.DeleteEventsAsync("a", 2);
        Equal("a:3=3", Show(await ReadAsync(journal, "a")), "stream");
        Equal("a:3=3 b:1=x", Show(await ReadAllAsync(journal)), "all events");
        await journal.DeleteEventsAsync("a", 3);
        Equal("b", string.Join("|", await journal.PersistenceIdsAsync()), "persistence ids");
    }

    private async Task PositionsNotReused(IJournal journal)
    {
        var first = await MustAppendAsync(journal, Request("a", 0, "1", "2"));
        await journal.DeleteEventsAsync("a", 2);
        var second = await MustAppendAsync(journal, Request("b", 0, "x"));
        True(second.Position > first.Position, $"position {second.Position} does not follow {first.Position}");
        Equal("b:1=x", Show(await journal.ReadAllAsync(first.Position, 10)), "events after the deleted ones");
    }

    private async Task Kinds()
    {
        var journal = await OpenAsync(Clock);
        try
        {
            Equal("", await KindsAsync(journal), "kinds of an empty journal");
            NewEvent[] events = [Event("1"), Event("2"), Event("3") with { SchemaVersion = 2 }, Event("4") with { Type = "test.other" }];
            await MustAppendAsync(journal, new AppendRequest("a", 0, events));
            Is<AppendResult.Conflict>(await AppendAsync(journal, new AppendRequest("a", 0, [Event("5") with { Type = "test.never" }])), "append of another writer");
            await journal.DeleteEventsAsync("a", 4);
            const string expected = "test.happened/1 test.happened/2 test.other/1";
            Equal(expected, await KindsAsync(journal), "kinds, though their events are deleted");
            journal = await ReopenAsync(journal, Clock);
            Equal(expected, await KindsAsync(journal), "kinds of the reopened journal");
            await MustAppendAsync(journal, new AppendRequest("b", 0, [Event("6") with { Type = "test.later" }, Event("7")]));
            Equal(expected.Replace(" test.other", " test.later/1 test.other"), await KindsAsync(journal), "kinds after one more");
        }
        finally
        {
            await CloseAsync(journal);
        }
    }

    private static async Task<string> KindsAsync(IJournal journal) => string.Join(
        " ", (await journal.EventKindsAsync()).Select(k => $"{k.Type}/{k.SchemaVersion}").Order(StringComparer.Ordinal));

    private async Task Reopened()
    {
        var journal = await OpenAsync(Clock);
        try
        {
            var appended = await MustAppendAsync(journal, Request("a", 0, "1", "2") with { Receipts = [ReceiptFor("op", "done")] });
            await journal.SaveSnapshotAsync(Snapshot("a", 1, "one"));
            await journal.AddNoteAsync(new JournalNote("a", 2, Bytes("refused"), Clock.GetUtcNow()));
            await journal.DeleteEventsAsync("a", 1);
            await MustAppendAsync(journal, Request("gone", 0, "x"));
            await journal.DeleteEventsAsync("gone", 1);
            journal = await ReopenAsync(journal, Clock);

            Equal("a:2=2", Show(await ReadAllAsync(journal)), "all events");
            Equal(2, await journal.HighestVersionAsync("a"), "highest version");
            Equal(1, await journal.HighestVersionAsync("gone"), "highest version of the deleted stream");
            Equal("one", Text(Is<JournalSnapshot>(await journal.LoadSnapshotAsync("a"), "snapshot").Payload), "snapshot");
            Equal("done", Text(Is<Receipt>(await journal.FindReceiptAsync("op"), "receipt").Payload), "receipt");
            Equal("refused", Text((await journal.ReadNotesAsync("a", 1)).Single().Payload), "note");
            var next = await MustAppendAsync(journal, Request("b", 0, "y"));
            True(next.Position > appended.Position + 1, "a position was given twice, though its event is deleted");
        }
        finally
        {
            await CloseAsync(journal);
        }
    }
}
