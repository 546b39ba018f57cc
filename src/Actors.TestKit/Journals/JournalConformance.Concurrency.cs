using VmSupervisor.Actors.Persistence;

namespace VmSupervisor.Actors.TestKit.Journals;

public abstract partial class JournalConformance
{
    private static void AddConcurrency(Dictionary<string, Func<JournalConformance, Task>> cases)
    {
        cases["Of_two_writers_with_one_id_exactly_one_wins_each_version"] = s => s.WithJournal(s.TwoWriters);
        cases["A_conflict_never_fails_the_appends_beside_it"] = s => s.WithJournal(s.BatchMates);
        cases["A_reader_never_skips_an_event_while_others_write"] = s => s.WithJournal(s.NoGaps);
        cases["Under_overload_every_append_is_answered_and_none_is_lost"] = s => s.WithJournal(s.Overload);
    }

    private async Task TwoWriters(IJournal journal)
    {
        for (var version = 0; version < 25; version++)
        {
            var contenders = Enumerable.Range(0, 4).Select(w => Request("a", version, $"{version}.{w}"));
            var results = await InTime(Task.WhenAll(contenders.Select(r => journal.AppendAsync(r))), "four appends at once");
            Equal(1, results.Count(r => r is AppendResult.Appended), "winners of one version");
            Equal(3, results.Count(r => r is AppendResult.Conflict c && c.ActualVersion == version + 1), "losers of one version");
            var winner = Array.FindIndex(results, r => r is AppendResult.Appended);
            Equal($"{version}.{winner}", Text((await ReadAsync(journal, "a", version + 1)).Single().Payload), "the winner's event");
        }
    }

    private async Task BatchMates(IJournal journal)
    {
        var requests = Enumerable.Range(0, 200)
            .Select(i => Request($"s{i:000}", i % 2 == 0 ? 0 : 7, $"{i}") with { Receipts = [ReceiptFor($"op-{i}", $"{i}")] })
            .ToList();
        var results = await InTime(Task.WhenAll(requests.Select(r => journal.AppendAsync(r))), "200 appends at once");
        for (var i = 0; i < results.Length; i++)
        {
            var written = i % 2 == 0;
            True(written ? results[i] is AppendResult.Appended { Version: 1 } : results[i] is AppendResult.Conflict { ActualVersion: 0 },
                $"append {i}: got {results[i]}");
            Equal(written ? $"s{i:000}:1={i}" : "", Show(await ReadAsync(journal, $"s{i:000}")), $"stream {i}");
            Equal(written, await journal.FindReceiptAsync($"op-{i}") is not null, $"whether append {i} has its receipt");
        }
    }

    private async Task NoGaps(IJournal journal)
    {
        const int writers = 8;
        const int each = 25;
        var writing = Task.WhenAll(Enumerable.Range(0, writers).Select(w => WriteAsync($"w{w}")));
        var seen = new List<JournalEvent>();
        while (seen.Count < writers * each)
        {
            var wasOver = writing.IsCompleted;
            var piece = await InTime(journal.ReadAllAsync(seen.Count == 0 ? 0 : seen[^1].Position, 10), "a page of all events");
            seen.AddRange(piece);
            True(piece.Count > 0 || !wasOver, $"the reader has {seen.Count} of {writers * each} events, and no more come");
            await Task.Yield();
        }

        await writing;
        True(seen.Zip(seen.Skip(1)).All(p => p.First.Position < p.Second.Position), "positions must grow");
        foreach (var stream in seen.GroupBy(e => e.PersistenceId))
        {
            Equal(
                string.Join(" ", Enumerable.Range(1, each)), string.Join(" ", stream.Select(e => e.Version)),
                $"versions of {stream.Key} as a reader saw them");
        }

        async Task WriteAsync(string id)
        {
            for (var version = 0; version < each; version++)
            {
                await MustAppendAsync(journal, Request(id, version, $"{version + 1}"));
            }
        }
    }

    private async Task Overload(IJournal journal)
    {
        const int count = 3000;
        var all = Enumerable.Range(0, count).Select(i => journal.AppendAsync(Request($"s{i:0000}", 0, $"{i}"))).ToArray();
        var results = await InTime(Task.WhenAll(all), $"{count} appends at once");
        var written = (await ReadAllAsync(journal, 500)).Select(e => e.PersistenceId).ToHashSet();
        for (var i = 0; i < count; i++)
        {
            switch (results[i])
            {
                case AppendResult.Appended:
                    True(written.Contains($"s{i:0000}"), $"append {i} was answered as written, but is not there");
                    break;
                case AppendResult.Rejected rejected:
                    True(!written.Contains($"s{i:0000}"), $"append {i} was rejected, but is there");
                    True(rejected.Cause is not null, "a rejection must carry its cause");
                    break;
                default:
                    throw new ConformanceException($"append {i} under overload: got {results[i]}");
            }
        }

        await MustAppendAsync(journal, Request("after", 0, "1"));
    }
}
