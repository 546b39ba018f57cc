using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.Persistence.Batching;
using static VmSupervisor.Actors.Tests.Persistence.Batching.WriterHarness;

namespace VmSupervisor.Actors.Tests.Persistence.Batching;

public sealed class GroupCommitTests
{
    [Fact]
    public void Writes_that_wait_at_the_same_moment_share_one_commit()
    {
        var harness = new WriterHarness();
        var appends = Enumerable.Range(0, 10).Select(i => harness.Append($"vm-{i}")).ToList();
        harness.Scheduler.RunAll();
        Assert.Equal(10, Assert.Single(harness.Store.Batches).Count);
        Assert.All(appends, append => Assert.IsType<AppendResult.Appended>(Answered(append)));
    }

    [Fact]
    public void What_arrives_during_a_commit_goes_into_the_next_one()
    {
        var harness = new WriterHarness();
        var commit = new TaskCompletionSource<BatchResult>();
        harness.Store.Answer = _ => new ValueTask<BatchResult>(commit.Task);
        var first = harness.Append("vm-1");
        harness.Scheduler.RunAll();
        var second = harness.Append("vm-2");
        var third = harness.Append("vm-3");
        harness.Scheduler.RunAll();
        Assert.Single(harness.Store.Batches);
        Assert.False(first.IsCompleted, "answered before its commit");

        harness.Store.Answer = batch => ValueTask.FromResult(FakeStore.AllWritten(batch));
        commit.SetResult(FakeStore.AllWritten(harness.Store.Batches[0]));
        harness.Scheduler.RunAll();
        Assert.Equal([1, 2], harness.Store.Batches.Select(batch => batch.Count));
        Assert.All([first, second, third], append => Assert.IsType<AppendResult.Appended>(Answered(append)));
    }

    [Fact]
    public void The_order_of_arrival_is_the_order_of_writing()
    {
        var harness = new WriterHarness(new BatchingOptions { BatchLimit = 3, QueueLimit = 4 });
        for (var i = 0; i < 10; i++)
            harness.Append($"vm-{i}");
        harness.Scheduler.RunAll();
        Assert.Equal([3, 3, 3, 1], harness.Store.Batches.Select(batch => batch.Count));
        Assert.Equal(
            Enumerable.Range(0, 10).Select(i => $"vm-{i}"),
            harness.Store.Batches.SelectMany(batch => batch).Cast<JournalWrite.Append>().Select(append => append.Request.PersistenceId));
    }

    [Fact]
    public void A_large_write_does_not_hold_up_a_full_batch_of_small_ones()
    {
        var harness = new WriterHarness(new BatchingOptions { BatchBytes = 100 });
        harness.Append(bytes: 40);
        harness.Append(bytes: 40);
        harness.Append(bytes: 5000);
        harness.Append(bytes: 40);
        harness.Scheduler.RunAll();
        Assert.Equal([2, 1, 1], harness.Store.Batches.Select(batch => batch.Count));
    }

    [Fact]
    public void Each_write_gets_the_answer_that_is_its_own()
    {
        var harness = new WriterHarness();
        harness.Store.Answer = _ => ValueTask.FromResult<BatchResult>(new BatchResult.Committed(
            [new AppendResult.Appended(1, 7), new AppendResult.Conflict(5), new AppendResult.Appended(3, 8)]));
        var appends = Enumerable.Range(0, 3).Select(i => harness.Append($"vm-{i}")).ToList();
        harness.Scheduler.RunAll();
        Assert.Equal<AppendResult>(
            [new AppendResult.Appended(1, 7), new AppendResult.Conflict(5), new AppendResult.Appended(3, 8)], appends.Select(Answered));
    }

    [Fact]
    public void A_store_that_throws_leaves_the_outcome_unknown_and_the_writer_working()
    {
        var harness = new WriterHarness();
        harness.Store.Answer = _ => throw new IOException("the disk is on fire");
        var lost = harness.Append();
        harness.Scheduler.RunAll();
        Assert.Equal("the disk is on fire", Assert.IsType<AppendResult.Unknown>(Answered(lost)).Cause.Message);

        harness.Store.Answer = batch => ValueTask.FromResult(FakeStore.AllWritten(batch));
        var next = harness.Append();
        harness.Scheduler.RunAll();
        Assert.IsType<AppendResult.Appended>(Answered(next));
    }

    [Fact]
    public void What_was_certainly_not_written_is_rejected_with_the_root_cause()
    {
        var harness = new WriterHarness();
        harness.Store.Answer = _ => ValueTask.FromResult<BatchResult>(new BatchResult.NotWritten(new IOException("read-only file system")));
        var append = harness.Append();
        harness.Scheduler.RunAll();
        Assert.Equal("read-only file system", Assert.IsType<AppendResult.Rejected>(Answered(append)).Cause.Message);
    }

    [Fact]
    public void Housekeeping_comes_after_the_answers()
    {
        var harness = new WriterHarness();
        var append = harness.Append();
        Assert.Equal(0, harness.Store.Maintained);
        harness.Scheduler.RunAll();
        Assert.IsType<AppendResult.Appended>(Answered(append));
        Assert.Equal(1, harness.Store.Maintained);
    }
}
