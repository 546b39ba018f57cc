using VmSupervisor.Actors.Persistence;

namespace VmSupervisor.Actors.TestKit.Journals;

/// <summary>
/// What every <see cref="IJournal"/> must do. A test project derives from this, says how its journal is opened, and
/// runs every case of <see cref="CaseNames"/> by <see cref="RunAsync"/>; a case that does not hold throws
/// <see cref="ConformanceException"/>. It depends on no test framework:
/// <code>
/// public sealed class MyJournalTests : JournalConformance
/// {
///     public static TheoryData&lt;string&gt; Cases =&gt; [.. CaseNames];
///     [Theory, MemberData(nameof(Cases))] public Task Conforms(string name) =&gt; RunAsync(name);
///     protected override Task&lt;IJournal&gt; OpenAsync(TimeProvider clock) =&gt; …;
/// }
/// </code>
/// </summary>
public abstract partial class JournalConformance
{
    private static readonly IReadOnlyDictionary<string, Func<JournalConformance, Task>> Cases = AllCases();

    /// <summary>The names of all cases, in the order they are best read.</summary>
    public static IReadOnlyList<string> CaseNames => [.. Cases.Keys];

    /// <summary>How long a journal may take for anything the suite asks of it; it is to be far below this. 60 s by default.</summary>
    protected virtual TimeSpan Patience => TimeSpan.FromSeconds(60);

    /// <summary>How many notes the journal keeps of each stream, as it was opened; 200 by default.</summary>
    protected virtual int NotesPerStream => 200;

    /// <summary>How many random runs there are, and how many operations each has. Fewer make a slow journal bearable.</summary>
    protected virtual (int Runs, int Operations) RandomRuns => (20, 150);

    private VirtualTime Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>Runs one case on a journal of its own.</summary>
    /// <exception cref="ConformanceException">The journal does not conform.</exception>
    public async Task RunAsync(string caseName)
    {
        if (!Cases.TryGetValue(caseName, out var run))
        {
            throw new ArgumentException($"there is no case '{caseName}'", nameof(caseName));
        }

        await run(this);
    }

    /// <summary>Opens a new, empty journal.</summary>
    /// <param name="clock">By which receipts expire; it stands still unless the suite moves it.</param>
    protected abstract Task<IJournal> OpenAsync(TimeProvider clock);

    /// <summary>
    /// Closes a journal and opens another object on the same store. By default gives the same object back, which is
    /// right only for a journal that does not outlive its object.
    /// </summary>
    protected virtual Task<IJournal> ReopenAsync(IJournal journal, TimeProvider clock) => Task.FromResult(journal);

    /// <summary>Closes a journal for good; an append after that must still be answered. By default disposes it.</summary>
    protected virtual async Task CloseAsync(IJournal journal)
    {
        switch (journal)
        {
            case IAsyncDisposable asynchronous:
                await asynchronous.DisposeAsync();
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }

    private async Task WithJournal(Func<IJournal, Task> test)
    {
        var journal = await OpenAsync(Clock);
        try
        {
            await test(journal);
        }
        finally
        {
            await CloseAsync(journal);
        }
    }

    private static Dictionary<string, Func<JournalConformance, Task>> AllCases()
    {
        var cases = new Dictionary<string, Func<JournalConformance, Task>>(StringComparer.Ordinal);
        AddAppends(cases);
        AddReading(cases);
        AddSnapshots(cases);
        AddReceiptsAndNotes(cases);
        AddTakenReceipts(cases);
        AddConcurrency(cases);
        AddEnd(cases);
        AddRandomRuns(cases);
        return cases;
    }
}
