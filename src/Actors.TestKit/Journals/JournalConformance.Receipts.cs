using VmSupervisor.Actors.Persistence;

namespace VmSupervisor.Actors.TestKit.Journals;

public abstract partial class JournalConformance
{
    private static void AddReceiptsAndNotes(Dictionary<string, Func<JournalConformance, Task>> cases)
    {
        cases["A_receipt_is_found_by_its_key_as_it_was_written"] = s => s.WithJournal(s.FoundReceipt);
        cases["A_receipt_is_gone_from_the_moment_it_expires_and_its_key_is_free_again"] = s => s.WithJournal(s.ExpiredReceipt);
        cases["Receipts_survive_the_deletion_of_their_stream"] = s => s.WithJournal(s.ReceiptsOutlive);
        cases["The_newest_notes_come_oldest_first"] = s => s.WithJournal(s.Notes);
        cases["Notes_are_bounded_for_each_stream_and_the_oldest_go_first"] = s => s.WithJournal(s.BoundedNotes);
        cases["Notes_are_not_events"] = s => s.WithJournal(s.NotesAreNotEvents);
    }

    private async Task FoundReceipt(IJournal journal)
    {
        var receipt = new Receipt("op-'1' ü", "start vm 104", Bytes("{\"ok\":true}"), Clock.GetUtcNow().AddHours(1).AddTicks(7));
        await MustAppendAsync(journal, Request("a", 0, "1") with { Receipts = [receipt, ReceiptFor("op-2", "")] });
        var found = Is<Receipt>(await journal.FindReceiptAsync(receipt.Key), "receipt");
        Equal(receipt.Key, found.Key, "key");
        Equal(receipt.Fingerprint, found.Fingerprint, "fingerprint");
        Equal("{\"ok\":true}", Text(found.Payload), "payload");
        Equal(receipt.ExpiresAt.UtcTicks, found.ExpiresAt.UtcTicks, "end, to the tick");
        Equal("", Text(Is<Receipt>(await journal.FindReceiptAsync("op-2"), "the other receipt").Payload), "empty payload");
        Equal(null, await journal.FindReceiptAsync("op-"), "receipt of another key");
        Equal(null, await journal.FindReceiptAsync("OP-2"), "receipt of a key in other case");
    }

    private async Task ExpiredReceipt(IJournal journal)
    {
        var receipt = ReceiptFor("op", "first", TimeSpan.FromHours(1));
        await MustAppendAsync(journal, Request("a", 0, "1") with { Receipts = [receipt] });
        Clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        Is<Receipt>(await journal.FindReceiptAsync("op"), "receipt one tick before its end");
        Clock.Advance(TimeSpan.FromTicks(1));
        Equal(null, await journal.FindReceiptAsync("op"), "receipt at its end");
        await MustAppendAsync(journal, Request("a", 1, "2") with { Receipts = [ReceiptFor("op", "second")] });
        Equal("second", Text(Is<Receipt>(await journal.FindReceiptAsync("op"), "receipt").Payload), "answer");
    }

    private async Task ReceiptsOutlive(IJournal journal)
    {
        await MustAppendAsync(journal, Request("a", 0, "1") with { Receipts = [ReceiptFor("op", "done")] });
        await journal.DeleteEventsAsync("a", 1);
        Is<Receipt>(await journal.FindReceiptAsync("op"), "receipt of a deleted stream");
    }

    private JournalNote Note(string id, int number) => new(id, number, Bytes($"{number}"), Clock.GetUtcNow());

    private async Task Notes(IJournal journal)
    {
        for (var i = 1; i <= 5; i++)
        {
            await journal.AddNoteAsync(Note("a", i));
            await journal.AddNoteAsync(Note("b", 10 * i));
        }

        var notes = await journal.ReadNotesAsync("a", 3);
        Equal("3 4 5", string.Join(" ", notes.Select(n => Text(n.Payload))), "the newest three notes");
        Equal("3 4 5", string.Join(" ", notes.Select(n => n.AtVersion)), "their versions");
        True(notes.All(n => n.PersistenceId == "a" && n.At.UtcTicks == Clock.GetUtcNow().UtcTicks), "a note differs from what was written");
        Equal("1 2 3 4 5", string.Join(" ", (await journal.ReadNotesAsync("a", 100)).Select(n => Text(n.Payload))), "all notes");
    }

    private async Task BoundedNotes(IJournal journal)
    {
        await journal.AddNoteAsync(Note("quiet", 1));
        for (var i = 1; i <= NotesPerStream + 5; i++)
        {
            await journal.AddNoteAsync(Note("a", i));
        }

        var notes = await journal.ReadNotesAsync("a", int.MaxValue);
        Equal(
            string.Join(" ", Enumerable.Range(6, NotesPerStream)),
            string.Join(" ", notes.Select(n => Text(n.Payload))), $"the newest {NotesPerStream} notes");
        Equal(1, (await journal.ReadNotesAsync("quiet", 10)).Count, "notes of another stream");
    }

    private async Task NotesAreNotEvents(IJournal journal)
    {
        await journal.AddNoteAsync(Note("a", 0));
        Equal(0, await journal.HighestVersionAsync("a"), "highest version");
        Equal("", Show(await ReadAsync(journal, "a")), "stream");
        Equal("", Show(await ReadAllAsync(journal)), "all events");
        Equal("", string.Join("|", await journal.PersistenceIdsAsync()), "persistence ids");
        await MustAppendAsync(journal, Request("a", 0, "1"));
    }
}
