using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.Actors.TestKit;
using VmSupervisor.Actors.TestKit.Journals;

namespace VmSupervisor.Actors.Tests.Persistence;

/// <summary>The simulated disk without faults is a journal like any other; with them it does what it is told.</summary>
public sealed class SimulatedDiskTests : JournalConformance
{
    private readonly SteppableDispatcher _dispatcher = new(1);
    private readonly InMemoryJournal _durable;
    private readonly SimulatedDisk _disk;
    private readonly IJournal _journal;

    public SimulatedDiskTests()
    {
        _durable = new InMemoryJournal(_dispatcher.Time);
        _disk = new SimulatedDisk(_durable, _dispatcher.Scheduler, _dispatcher.Time);
        _journal = _disk.Open();
    }

    public static TheoryData<string> Cases => [.. CaseNames];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Conforms(string name) => RunAsync(name);

    [Fact]
    public void Writes_that_wait_share_a_commit()
    {
        var appends = Enumerable.Range(1, 5).Select(i => Append($"a-{i}")).ToArray();
        Run(Task.WhenAll(appends));
        Assert.All(appends, a => Assert.IsType<AppendResult.Appended>(a.Result));
        Assert.Contains(_disk.BatchSizes, b => b.Key > 1);
    }

    [Theory]
    [InlineData(StoreFault.NotWritten, typeof(AppendResult.Rejected), 0)]
    [InlineData(StoreFault.LostBeforeCommit, typeof(AppendResult.Unknown), 0)]
    [InlineData(StoreFault.CommittedUnanswered, typeof(AppendResult.Unknown), 1)]
    [InlineData(StoreFault.Slow, typeof(AppendResult.Unknown), 1)]
    public void A_fault_strikes_once_and_is_answered_as_it_is(StoreFault fault, Type answer, long version)
    {
        _disk.FailNext(fault);
        Assert.IsType(answer, Run(Append("a")));
        _dispatcher.RunFor(TimeSpan.FromMinutes(1));
        Assert.Equal(version, Run(_journal.HighestVersionAsync("a")));
        Assert.IsType<AppendResult.Appended>(Run(Append("a", version)));
    }

    [Fact]
    public void When_it_is_full_only_what_may_use_the_reserve_is_written_until_there_is_room()
    {
        _disk.Fill();
        Assert.IsType<AppendResult.Rejected>(Run(Append("a")));
        Assert.IsType<AppendResult.Appended>(Run(Append("b", priority: AppendPriority.Reserve)));
        Assert.False(_disk.IsReserveHeld);
        Assert.IsType<AppendResult.Rejected>(Run(Append("a")));
        _disk.Free();
        _dispatcher.RunFor(TimeSpan.FromSeconds(2));
        Assert.IsType<AppendResult.Appended>(Run(Append("a")));
        Assert.True(_disk.IsReserveHeld);
    }

    [Fact]
    public void When_the_reserve_is_used_up_nothing_is_written()
    {
        _disk.Fill();
        var results = Enumerable.Range(0, 30).Select(i => Run(Append("a", i, AppendPriority.Reserve))).ToArray();
        Assert.IsType<AppendResult.Appended>(results[0]);
        Assert.IsType<AppendResult.Rejected>(results[^1]);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void What_was_being_committed_when_its_process_was_killed_is_durable_or_not_and_what_waited_is_not(bool survives, long version)
    {
        var first = Append("a");
        _dispatcher.RunUntilIdle();
        var second = Append("b");
        _dispatcher.RunUntilIdle();
        Assert.Single(_disk.Committing);
        _disk.Kill(survives);
        _dispatcher.RunFor(TimeSpan.FromSeconds(1));
        Assert.False(first.IsCompleted || second.IsCompleted);
        var next = _disk.Open();
        Assert.Equal(version, Run(next.HighestVersionAsync("a")));
        Assert.Equal(0, Run(next.HighestVersionAsync("b")));
    }

    // On the thread pool and at once: the suite moves its clock only where it wants to.
    protected override Task<IJournal> OpenAsync(TimeProvider clock) =>
        Task.FromResult(new SimulatedDisk(new InMemoryJournal(clock), TaskScheduler.Default, clock) { CommitTakes = TimeSpan.Zero }.Open());

    private Task<AppendResult> Append(string stream, long version = 0, AppendPriority priority = AppendPriority.Normal) => _dispatcher.Start(() => _journal.AppendAsync(
        new AppendRequest(stream, version, [new NewEvent("e", 1, new byte[] { 1 }, default)]) { Priority = priority }));

    private T Run<T>(Task<T> task) => _dispatcher.Run(task);
}
