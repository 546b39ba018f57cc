using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.TestKit.Journals;

namespace VmSupervisor.Supervisor.Journal.Sqlite.Tests;

public sealed class SqliteJournalConformanceTests : JournalConformance, IDisposable
{
    private readonly TempDirectory directory = new();
    private int journals;

    public static TheoryData<string> Cases => [.. CaseNames];

    // Each run opens and closes files and syncs every operation.
    protected override (int Runs, int Operations) RandomRuns => (8, 150);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Conforms(string name) => RunAsync(name);

    public void Dispose() => directory.Dispose();

    protected override Task<IJournal> OpenAsync(TimeProvider clock)
    {
        journals++;
        return Task.FromResult(Open(clock));
    }

    protected override async Task<IJournal> ReopenAsync(IJournal journal, TimeProvider clock)
    {
        await CloseAsync(journal);
        return Open(clock);
    }

    private IJournal Open(TimeProvider clock) =>
        TestJournal.Open(directory.File($"journal-{journals}.db"), clock, options => options with { NotesPerStream = NotesPerStream });
}
