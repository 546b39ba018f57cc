using VmSupervisor.Actors.Persistence;

namespace VmSupervisor.Actors.TestKit.Journals;

/// <summary>The first answer under a key wins, and the append goes through all the same.</summary>
public abstract partial class JournalConformance
{
    private static void AddTakenReceipts(Dictionary<string, Func<JournalConformance, Task>> cases)
    {
        cases["The_first_answer_under_a_key_wins_and_the_later_append_is_written_without_its_own"] = s => s.WithJournal(s.FirstAnswerWins);
        cases["A_key_is_taken_for_all_streams_and_loses_no_event_of_any"] = s => s.WithJournal(s.TakenForAllStreams);
        cases["An_append_of_taken_receipts_alone_is_appended_at_the_unchanged_version"] = s => s.WithJournal(s.TakenReceiptsAlone);
        cases["Of_two_answers_under_one_key_in_one_append_the_first_wins"] = s => s.WithJournal(s.TwiceInOneAppend);
        cases["Appends_at_once_under_one_key_are_all_written_and_one_answer_stays"] = s => s.WithJournal(s.OneKeyAtOnce);
    }

    private async Task FirstAnswerWins(IJournal journal)
    {
        var first = new Receipt("op-1", "start vm 104", Bytes("one"), Clock.GetUtcNow().AddHours(1));
        await MustAppendAsync(journal, Request("a", 0, "1") with { Receipts = [first] });
        var later = Request("a", 1, "2", "3") with { Receipts = [ReceiptFor("op-2", "two"), ReceiptFor("op-1", "again"), ReceiptFor("op-3", "three")] };
        var appended = await MustAppendAsync(journal, later);
        Equal(3, appended.Version, "version after an append with a taken key");
        Equal("a:1=1 a:2=2 a:3=3", Show(await ReadAllAsync(journal)), "events");
        var kept = Is<Receipt>(await journal.FindReceiptAsync("op-1"), "the first receipt");
        Equal("one", Text(kept.Payload), "its answer");
        Equal(first.Fingerprint, kept.Fingerprint, "its fingerprint");
        Equal(first.ExpiresAt.UtcTicks, kept.ExpiresAt.UtcTicks, "its end, which a later receipt does not put off");
        Equal("two", await AnswerAsync(journal, "op-2"), "the answer before the one that is left out");
        Equal("three", await AnswerAsync(journal, "op-3"), "the answer after the one that is left out");
    }

    private async Task TakenForAllStreams(IJournal journal)
    {
        await MustAppendAsync(journal, Request("a", 0, "1") with { Receipts = [ReceiptFor("op", "first")] });
        await MustAppendAsync(journal, Request("b", 0, "1") with { Receipts = [ReceiptFor("op", "second")] });
        Equal("a:1=1 b:1=1", Show(await ReadAllAsync(journal)), "events");
        Equal("first", await AnswerAsync(journal, "op"), "answer");
    }

    private async Task TakenReceiptsAlone(IJournal journal)
    {
        await MustAppendAsync(journal, Request("a", 0, "1") with { Receipts = [ReceiptFor("op-1", "one"), ReceiptFor("op-2", "two")] });
        AppendRequest again = Request("a", 1) with { Receipts = [ReceiptFor("op-1", "again"), ReceiptFor("op-2", "again")] };
        var appended = await MustAppendAsync(journal, again);
        Equal(1, appended.Version, "version");
        Equal(0, appended.Position, "position of an append without events");
        Equal(1, await journal.HighestVersionAsync("a"), "highest version");
        Equal("one", await AnswerAsync(journal, "op-1"), "first answer");
        Equal("two", await AnswerAsync(journal, "op-2"), "second answer");
        Is<AppendResult.Conflict>(await AppendAsync(journal, again with { ExpectedVersion = 0 }), "taken receipts at a wrong version");
        Equal(0, (await MustAppendAsync(journal, again with { PersistenceId = "new", ExpectedVersion = 0 })).Version, "version of a stream without events");
        Equal("a", string.Join("|", await journal.PersistenceIdsAsync()), "persistence ids");
    }

    private async Task TwiceInOneAppend(IJournal journal)
    {
        await MustAppendAsync(journal, Request("a", 0, "1") with { Receipts = [ReceiptFor("op", "first"), ReceiptFor("op", "second")] });
        Equal("a:1=1", Show(await ReadAllAsync(journal)), "events");
        Equal("first", await AnswerAsync(journal, "op"), "answer");
    }

    private async Task OneKeyAtOnce(IJournal journal)
    {
        var requests = Enumerable.Range(0, 50).Select(i => Request($"s{i:00}", 0, $"{i}") with { Receipts = [ReceiptFor("op", $"{i}")] }).ToList();
        var results = await InTime(Task.WhenAll(requests.Select(r => journal.AppendAsync(r))), "50 appends at once");
        True(results.All(r => r is AppendResult.Appended { Version: 1 }), $"not all were appended: {string.Join(", ", results.Distinct())}");
        Equal(50, (await ReadAllAsync(journal)).Count, "events");
        var winner = await AnswerAsync(journal, "op");
        True(requests.Any(r => Text(r.Receipts[0].Payload) == winner), $"nobody gave the answer '{winner}'");
        await MustAppendAsync(journal, Request("late", 0, "late") with { Receipts = [ReceiptFor("op", "late")] });
        Equal(winner, await AnswerAsync(journal, "op"), "answer after a later append");
    }
}
