using VmSupervisor.Actors.Persistence;

namespace VmSupervisor.Actors.TestKit.Journals;

public abstract partial class JournalConformance
{
    private static void AddAppends(Dictionary<string, Func<JournalConformance, Task>> cases)
    {
        cases["An_append_gives_its_events_the_next_versions"] = s => s.WithJournal(s.NextVersions);
        cases["An_append_is_visible_when_it_is_answered"] = s => s.WithJournal(s.VisibleWhenAnswered);
        cases["What_is_read_is_what_was_written"] = s => s.WithJournal(s.RoundTrip);
        cases["An_append_with_a_wrong_expected_version_is_a_conflict_and_writes_nothing"] = s => s.WithJournal(s.Conflicts);
        cases["Streams_do_not_touch_each_other"] = s => s.WithJournal(s.SeparateStreams);
        cases["An_append_of_receipts_alone_checks_the_version_and_keeps_it"] = s => s.WithJournal(s.ReceiptsAlone);
        cases["Events_and_receipts_are_written_together_or_not_at_all"] = s => s.WithJournal(s.Atomic);
        cases["Appends_of_both_priorities_are_written"] = s => s.WithJournal(s.Priorities);
    }

    private async Task NextVersions(IJournal journal)
    {
        var first = await MustAppendAsync(journal, Request("a", 0, "1", "2"));
        var second = await MustAppendAsync(journal, Request("a", 2, "3"));
        Equal(2, first.Version, "version after two events");
        Equal(3, second.Version, "version after three events");
        True(second.Position > first.Position, "positions must grow");
        var events = await ReadAsync(journal, "a");
        Equal("a:1=1 a:2=2 a:3=3", Show(events), "stream");
        Equal(first.Position, events[1].Position, "an append's position is that of its last event");
        Equal(second.Position, events[2].Position, "an append's position is that of its last event");
        True(events[0].Position is > 0 && events[0].Position < events[1].Position, "positions grow from 1 within an append");
    }

    private async Task VisibleWhenAnswered(IJournal journal)
    {
        for (var version = 0; version < 20; version++)
        {
            var appended = await MustAppendAsync(journal, Request("a", version, $"{version + 1}"));
            Equal(version + 1, await journal.HighestVersionAsync("a"), "highest version right after the answer");
            Equal(appended.Position, await journal.HighestPositionAsync(), "highest position right after the answer");
            Equal(version + 1, (await ReadAllAsync(journal)).Count, "events of all streams right after the answer");
        }
    }

    private async Task RoundTrip(IJournal journal)
    {
        var big = new byte[1 << 20];
        new Span<byte>(big).Fill(0xA5);
        var at = new DateTimeOffset(2026, 2, 28, 23, 59, 59, 123, TimeSpan.FromHours(-7)).AddTicks(4567);
        NewEvent[] written =
        [
            new("vm.started", 3, Bytes("{\"ü\":\"漢字\"}"), at),
            new("empty", 1, ReadOnlyMemory<byte>.Empty, DateTimeOffset.UnixEpoch),
            new("big", int.MaxValue, big, at),
            new("zeroes", 1, new byte[] { 0, 0, 10, 13, 0 }, at),
        ];
        const string id = "vm-104/ü 'quoted' %_\\";
        await MustAppendAsync(journal, new AppendRequest(id, 0, written));
        var read = await ReadAsync(journal, id);
        Equal(written.Length, read.Count, "number of events");
        foreach (var (expected, actual) in written.Zip(read))
        {
            Equal(expected.Type, actual.Type, "type");
            Equal(expected.SchemaVersion, actual.SchemaVersion, "schema version");
            Equal(expected.At.UtcTicks, actual.At.UtcTicks, "time, to the tick");
            True(expected.Payload.Span.SequenceEqual(actual.Payload.Span), $"payload of {expected.Type} differs");
            Equal(id, actual.PersistenceId, "persistence id");
        }
    }

    private async Task Conflicts(IJournal journal)
    {
        var unknown = Is<AppendResult.Conflict>(await AppendAsync(journal, Request("b", 5, "x")), "append to an empty stream at 5");
        Equal(0, unknown.ActualVersion, "actual version of an empty stream");
        await MustAppendAsync(journal, Request("a", 0, "1", "2"));
        foreach (var wrong in new long[] { 0, 1, 3, 100 })
        {
            var conflict = Is<AppendResult.Conflict>(await AppendAsync(journal, Request("a", wrong, "x")), $"append at {wrong} instead of 2");
            Equal(2, conflict.ActualVersion, "actual version");
        }

        Equal("a:1=1 a:2=2", Show(await ReadAllAsync(journal)), "all events after the conflicts");
        Equal(0, await journal.HighestVersionAsync("b"), "highest version of the stream that was never written");
        await MustAppendAsync(journal, Request("a", 2, "3"));
    }

    private async Task SeparateStreams(IJournal journal)
    {
        await MustAppendAsync(journal, Request("a", 0, "a1"));
        await MustAppendAsync(journal, Request("A", 0, "A1"));
        await MustAppendAsync(journal, Request("a ", 0, "space"));
        await MustAppendAsync(journal, Request("a", 1, "a2"));
        Equal("a:1=a1 a:2=a2", Show(await ReadAsync(journal, "a")), "stream a");
        Equal("A:1=A1", Show(await ReadAsync(journal, "A")), "stream A");
        Equal("a :1=space", Show(await ReadAsync(journal, "a ")), "stream 'a '");
        Equal("A|a|a ", string.Join("|", await journal.PersistenceIdsAsync()), "persistence ids, in ordinal order");
    }

    private async Task ReceiptsAlone(IJournal journal)
    {
        await MustAppendAsync(journal, Request("a", 0, "1"));
        var alone = Request("a", 1) with { Receipts = [ReceiptFor("op-1", "done")] };
        var appended = await MustAppendAsync(journal, alone);
        Equal(1, appended.Version, "version after an append without events");
        Equal(0, appended.Position, "position of an append without events");
        Equal("done", Text(Is<Receipt>(await journal.FindReceiptAsync("op-1"), "receipt").Payload), "answer");
        var late = Request("a", 0) with { Receipts = [ReceiptFor("op-2", "no")] };
        Is<AppendResult.Conflict>(await AppendAsync(journal, late), "receipts at a wrong version");
        Equal(null, await journal.FindReceiptAsync("op-2"), "receipt of a conflict");
        await MustAppendAsync(journal, Request("a", 1, "2"));
    }

    private async Task Atomic(IJournal journal)
    {
        var first = Request("a", 0, "1") with { Receipts = [ReceiptFor("op-1", "one"), ReceiptFor("op-2", "two")] };
        await MustAppendAsync(journal, first);
        Equal("one", await AnswerAsync(journal, "op-1"), "first answer");
        Equal("two", await AnswerAsync(journal, "op-2"), "second answer");
        var stale = Request("a", 0, "2") with { Receipts = [ReceiptFor("op-3", "three"), ReceiptFor("op-1", "again")] };
        Is<AppendResult.Conflict>(await AppendAsync(journal, stale), "append at a wrong version");
        Equal("a:1=1", Show(await ReadAllAsync(journal)), "events after the conflict");
        Equal(null, await journal.FindReceiptAsync("op-3"), "receipt of the conflict");
        Equal("one", await AnswerAsync(journal, "op-1"), "the answer that was there");
        await MustAppendAsync(journal, Request("a", 1, "2") with { Receipts = [ReceiptFor("op-3", "three")] });
        Equal("three", await AnswerAsync(journal, "op-3"), "answer of the append at the right version");
    }

    private async Task Priorities(IJournal journal)
    {
        await MustAppendAsync(journal, Request("a", 0, "1") with { Priority = AppendPriority.Normal });
        await MustAppendAsync(journal, Request("a", 1, "2") with { Priority = AppendPriority.Reserve });
        Equal("a:1=1 a:2=2", Show(await ReadAsync(journal, "a")), "stream");
    }
}
