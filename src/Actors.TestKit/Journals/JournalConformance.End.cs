using VmSupervisor.Actors.Persistence;

namespace VmSupervisor.Actors.TestKit.Journals;

public abstract partial class JournalConformance
{
    private static void AddEnd(Dictionary<string, Func<JournalConformance, Task>> cases)
    {
        cases["An_append_to_a_closed_journal_is_answered_with_the_cause"] = s => s.AfterClose();
        cases["Appends_under_way_when_it_is_closed_are_all_answered_truly"] = s => s.WhileClosing();
        cases["A_cancelled_append_is_written_and_answered_or_not_written"] = s => s.WithJournal(s.Cancelled);
    }

    private async Task AfterClose()
    {
        var journal = await OpenAsync(Clock);
        await MustAppendAsync(journal, Request("a", 0, "1"));
        await CloseAsync(journal);
        var rejected = Is<AppendResult.Rejected>(await AppendAsync(journal, Request("a", 1, "2")), "append to a closed journal");
        True(rejected.Cause is not null, "a rejection must carry its cause");
    }

    private async Task WhileClosing()
    {
        var journal = await OpenAsync(Clock);
        var reopened = journal;
        try
        {
            var appends = Enumerable.Range(0, 200).Select(i => journal.AppendAsync(Request($"s{i}", 0, $"{i}"))).ToArray();
            reopened = await ReopenAsync(journal, Clock);
            var results = await InTime(Task.WhenAll(appends), "appends under way while closing");
            for (var i = 0; i < results.Length; i++)
            {
                var isThere = await reopened.HighestVersionAsync($"s{i}") == 1;
                True(
                    results[i] switch
                    {
                        AppendResult.Appended => isThere,
                        AppendResult.Rejected => !isThere,
                        AppendResult.Unknown => true,
                        _ => false,
                    },
                    $"append {i} was answered {results[i]}, but it is {(isThere ? "" : "not ")}there");
            }
        }
        finally
        {
            await CloseAsync(reopened);
        }
    }

    private async Task Cancelled(IJournal journal)
    {
        using var cancelled = new CancellationTokenSource();
        var before = Enumerable.Range(0, 50).Select(i => journal.AppendAsync(Request($"s{i}", 0, "x"), cancelled.Token)).ToArray();
        await cancelled.CancelAsync();
        var after = Enumerable.Range(50, 50).Select(i => journal.AppendAsync(Request($"s{i}", 0, "x"), cancelled.Token)).ToArray();
        var i = 0;
        foreach (var append in before.Concat(after))
        {
            AppendResult? result;
            try
            {
                result = await InTime(append, "an append that was cancelled");
            }
            catch (OperationCanceledException)
            {
                result = null;
            }

            var isThere = await journal.HighestVersionAsync($"s{i}") == 1;
            True(
                result is AppendResult.Appended ? isThere : (result is null or AppendResult.Rejected) && !isThere,
                $"cancelled append {i} was answered {result?.ToString() ?? "by cancellation"}, but it is {(isThere ? "" : "not ")}there");
            i++;
        }

        await MustAppendAsync(journal, Request("after", 0, "1"));
    }
}
