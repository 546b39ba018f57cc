using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.Persistence.Batching;
using static VmSupervisor.Actors.Tests.Persistence.Batching.WriterHarness;

namespace VmSupervisor.Actors.Tests.Persistence.Batching;

public sealed class TimeLimitTests
{
    private static readonly BatchingOptions OnePlace = new()
    {
        QueueLimit = 1,
        BatchLimit = 1,
        PlaceTimeLimit = TimeSpan.FromSeconds(5),
        CommitTimeLimit = TimeSpan.FromSeconds(20),
    };

    [Fact]
    public void A_commit_that_hangs_is_answered_as_unknown_and_the_queued_write_as_rejected()
    {
        var harness = Hanging(out _);
        var committing = harness.Append();
        harness.Scheduler.RunAll();
        harness.Time.Advance(TimeSpan.FromSeconds(1));
        var queued = harness.Append();
        harness.Time.Advance(TimeSpan.FromSeconds(19));
        Assert.IsType<JournalTimeoutException>(Assert.IsType<AppendResult.Unknown>(Answered(committing)).Cause);
        Assert.False(queued.IsCompleted, "its own limit has not been reached");
        harness.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<JournalOverloadedException>(Assert.IsType<AppendResult.Rejected>(Answered(queued)).Cause);
    }

    [Fact]
    public void What_was_rejected_is_not_written_when_the_store_comes_back()
    {
        var harness = Hanging(out var commit);
        harness.Append();
        harness.Scheduler.RunAll();
        var queued = harness.Append("vm-2");
        harness.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.IsType<AppendResult.Rejected>(Answered(queued));
        commit.SetResult(FakeStore.AllWritten(harness.Store.Batches[0]));
        harness.Scheduler.RunAll();
        Assert.Single(harness.Store.Batches);
    }

    [Fact]
    public void A_full_queue_pushes_back_and_rejects_after_the_time_limit()
    {
        var harness = Hanging(out _);
        harness.Append();
        harness.Scheduler.RunAll();
        harness.Append();
        var outside = harness.Append();
        harness.Time.Advance(TimeSpan.FromSeconds(4.999));
        Assert.False(outside.IsCompleted, "rejected too early");
        harness.Time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.IsType<JournalOverloadedException>(Assert.IsType<AppendResult.Rejected>(Answered(outside)).Cause);
    }

    [Fact]
    public void Who_waits_for_a_place_gets_it_when_there_is_one()
    {
        var harness = Hanging(out var commit);
        harness.Append();
        harness.Scheduler.RunAll();
        harness.Append();
        var outside = harness.Append();
        harness.Time.Advance(TimeSpan.FromSeconds(4));
        harness.Store.Answer = batch => ValueTask.FromResult(FakeStore.AllWritten(batch));
        commit.SetResult(FakeStore.AllWritten(harness.Store.Batches[0]));
        harness.Scheduler.RunAll();
        Assert.IsType<AppendResult.Appended>(Answered(outside));
    }

    [Fact]
    public void Cancelling_gives_up_waiting_for_a_place_and_nothing_is_written()
    {
        var harness = Hanging(out var commit);
        harness.Append();
        harness.Scheduler.RunAll();
        harness.Append();
        using var cancellation = new CancellationTokenSource();
        var outside = harness.Append("cancelled", cancellationToken: cancellation.Token);
        cancellation.Cancel();
        Assert.True(outside.IsCanceled);
        commit.SetResult(FakeStore.AllWritten(harness.Store.Batches[0]));
        harness.Scheduler.RunAll();
        Assert.DoesNotContain(harness.Store.Batches.SelectMany(b => b), w => w is JournalWrite.Append { Request.PersistenceId: "cancelled" });
    }

    [Fact]
    public void Cancelling_a_queued_write_changes_nothing()
    {
        var harness = new WriterHarness();
        using var cancellation = new CancellationTokenSource();
        var append = harness.Append(cancellationToken: cancellation.Token);
        cancellation.Cancel();
        harness.Scheduler.RunAll();
        Assert.IsType<AppendResult.Appended>(Answered(append));
    }

    [Fact]
    public async Task Closing_writes_what_is_queued_and_rejects_what_comes_later()
    {
        var harness = new WriterHarness();
        var before = harness.Append();
        var closing = harness.Writer.CloseAsync();
        var after = harness.Append();
        harness.Scheduler.RunAll();
        Assert.IsType<AppendResult.Appended>(Answered(before));
        Assert.IsType<JournalClosedException>(Assert.IsType<AppendResult.Rejected>(Answered(after)).Cause);
        Assert.True(await closing);
    }

    [Fact]
    public async Task Closing_over_a_store_that_hangs_ends_and_says_so()
    {
        var harness = Hanging(out _);
        var committing = harness.Append();
        harness.Scheduler.RunAll();
        var queued = harness.Append();
        var outside = harness.Append();
        var closing = harness.Writer.CloseAsync();
        Assert.IsType<JournalClosedException>(Assert.IsType<AppendResult.Rejected>(Answered(outside)).Cause);
        harness.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.IsType<AppendResult.Unknown>(Answered(committing));
        Assert.IsType<AppendResult.Rejected>(Answered(queued));
        Assert.False(await closing);
    }

    private static WriterHarness Hanging(out TaskCompletionSource<BatchResult> commit)
    {
        var hanging = new TaskCompletionSource<BatchResult>();
        var harness = new WriterHarness(OnePlace);
        harness.Store.Answer = _ => new ValueTask<BatchResult>(hanging.Task);
        commit = hanging;
        return harness;
    }
}
