using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.Actors.TestKit.Journals;

namespace VmSupervisor.Actors.Tests.Persistence;

/// <summary>Without a command the faulty journal is as good as the one behind it; with one, the suite notices.</summary>
public sealed class FaultyJournalTests : JournalConformance
{
    private Action<FaultyJournal> _prepare = _ => { };

    public static TheoryData<string> Cases => [.. CaseNames];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Conforms_without_faults(string name) => RunAsync(name);

    [Theory]
    [InlineData("An_append_gives_its_events_the_next_versions")]
    [InlineData("Events_and_receipts_are_written_together_or_not_at_all")]
    [InlineData("A_conflict_never_fails_the_appends_beside_it")]
    [InlineData("Random_operations_give_what_a_model_gives")]
    public async Task The_suite_notices_an_append_that_fails_although_it_was_written(string name)
    {
        _prepare = journal => journal.FailNext(written: true);
        await Assert.ThrowsAsync<ConformanceException>(() => RunAsync(name));
    }

    [Fact]
    public async Task A_full_one_takes_only_what_may_use_the_reserve()
    {
        var journal = new FaultyJournal(new InMemoryJournal(TimeProvider.System)) { IsFull = true };
        var append = new AppendRequest("full", 0, [new NewEvent("happened", 1, new byte[] { 1 }, DateTimeOffset.UnixEpoch)]);

        Assert.IsType<JournalFullException>(Assert.IsType<AppendResult.Rejected>(await journal.AppendAsync(append, TestContext.Current.CancellationToken)).Cause);
        Assert.IsType<AppendResult.Appended>(
            await journal.AppendAsync(append with { Priority = AppendPriority.Reserve }, TestContext.Current.CancellationToken));
    }

    protected override Task<IJournal> OpenAsync(TimeProvider clock)
    {
        var journal = new FaultyJournal(new InMemoryJournal(clock));
        _prepare(journal);
        return Task.FromResult<IJournal>(journal);
    }

    protected override Task CloseAsync(IJournal journal)
    {
        ((FaultyJournal)journal).LoseConnection();
        return Task.CompletedTask;
    }
}
