using Microsoft.Extensions.Logging;

namespace VmSupervisor.Actors.Persistence.Batching;

/// <summary>
/// Group commit over any store: writes that wait at the same moment share one transaction. The queue is bounded and
/// pushes back, every write is answered within a time limit, and when there is no room the reserve is for those that
/// must not be lost.
/// </summary>
/// <remarks>
/// It has no thread: it runs on the scheduler it is given, and only while there is something to write. No delay is
/// added to gather a batch; it gathers by itself while the store is busy with the one before.
/// </remarks>
public sealed partial class BatchingWriter : IAsyncDisposable
{
    private readonly IBatchStore store;
    private readonly ISpaceReserve? reserve;
    private readonly TaskScheduler scheduler;
    private readonly TimeProvider time;
    private readonly BatchingOptions options;
    private readonly ILogger logger;
    private readonly WriteQueue queue;
    private long? lastRestore;

    /// <summary>A writer over a store.</summary>
    /// <param name="store">Executes the batches.</param>
    /// <param name="reserve">The space kept for <see cref="AppendPriority.Reserve"/>; null when the store has none.</param>
    /// <param name="scheduler">Where the store is called; it may run one task at a time or many.</param>
    /// <param name="time">Time for the limits.</param>
    /// <param name="options">The limits.</param>
    /// <param name="logger">Where trouble of the store is reported.</param>
    public BatchingWriter(
        IBatchStore store, ISpaceReserve? reserve, TaskScheduler scheduler, TimeProvider time, BatchingOptions options, ILogger logger)
    {
        options.Validate();
        this.store = store;
        this.reserve = reserve;
        this.scheduler = scheduler;
        this.time = time;
        this.options = options;
        this.logger = logger;
        queue = new WriteQueue(options, time);
    }

    /// <summary>
    /// Writes. Cancelling gives up waiting for a place in the queue (then the task is cancelled and nothing was
    /// written); a write that has its place is answered within <see cref="BatchingOptions.CommitTimeLimit"/>.
    /// </summary>
    public Task<AppendResult> WriteAsync(JournalWrite write, CancellationToken cancellationToken = default)
    {
        var answer = queue.Enter(write, cancellationToken, out var startPump);
        if (startPump)
            _ = Task.Factory.StartNew(PumpAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
        return answer;
    }

    /// <summary>
    /// Lets no more writes in, rejects those without a place, and brings the queued ones to their end. False when
    /// the store has not come back within the commit time limit: it is still being used then.
    /// </summary>
    public async Task<bool> CloseAsync()
    {
        queue.Close();
        try
        {
            await queue.Drained.WaitAsync(options.CommitTimeLimit, time);
        }
        catch (TimeoutException)
        {
            return false; // The queue keeps its timer: the writes that hang are still owed an answer.
        }
        queue.Dispose();
        return true;
    }

    /// <summary>As <see cref="CloseAsync"/>.</summary>
    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task PumpAsync()
    {
        while (queue.TakeBatch() is { Count: > 0 } batch)
        {
            await CommitAsync(batch);
            await MaintainAsync();
        }
    }

    private async Task CommitAsync(IReadOnlyList<PendingWrite> batch)
    {
        if (!EnsureReserve())
            batch = RejectNormal(batch, new JournalFullException("disk full: the journal takes only what may use its reserve until there is room again"));
        while (batch.Count > 0)
        {
            switch (await TryCommitAsync(batch))
            {
                case BatchResult.Committed committed:
                    for (var i = 0; i < batch.Count; i++)
                        batch[i].Complete(committed.Results[i]);
                    return;
                case BatchResult.NotWritten notWritten:
                    LogNotWritten(batch.Count, notWritten.Cause);
                    AnswerAll(batch, new AppendResult.Rejected(notWritten.Cause));
                    return;
                case BatchResult.Unknown unknown:
                    LogUnknown(batch.Count, unknown.Cause);
                    AnswerAll(batch, new AppendResult.Unknown(unknown.Cause));
                    return;
                case BatchResult.Full full:
                    // First without the others (one of them may just be large), then with the reserve.
                    var cause = new JournalFullException($"disk full: {full.Cause.Message}", full.Cause);
                    var left = RejectNormal(batch, cause);
                    if (left.Count == batch.Count && !TryReleaseReserve())
                    {
                        LogFull(left.Count, full.Cause);
                        AnswerAll(left, new AppendResult.Rejected(cause));
                        return;
                    }
                    batch = left;
                    break;
            }
        }
    }

    private async Task<BatchResult> TryCommitAsync(IReadOnlyList<PendingWrite> batch)
    {
        try
        {
            var result = await store.CommitAsync([.. batch.Select(pending => pending.Write)]);
            return result is BatchResult.Committed committed && committed.Results.Count != batch.Count
                ? new BatchResult.Unknown(new JournalException($"the store answered {committed.Results.Count} of {batch.Count} writes"))
                : result;
        }
        catch (Exception e)
        {
            return new BatchResult.Unknown(e);
        }
    }

    private async Task MaintainAsync()
    {
        try
        {
            await store.MaintainAsync();
        }
        catch (Exception e)
        {
            LogMaintenanceFailed(e);
        }
    }

    // Given back, the reserve is only for those it was kept for: others wait until it stands again.
    private bool EnsureReserve()
    {
        if (reserve is null or { IsHeld: true })
            return true;
        if (lastRestore is { } last && time.GetElapsedTime(last) < options.RestoreInterval)
            return false;
        lastRestore = time.GetTimestamp();
        if (!reserve.TryRestore())
            return false;
        LogRestored();
        return true;
    }

    private bool TryReleaseReserve()
    {
        if (reserve is null || !reserve.TryRelease())
            return false;
        lastRestore = time.GetTimestamp();
        LogReleased();
        return true;
    }

    private static IReadOnlyList<PendingWrite> RejectNormal(IReadOnlyList<PendingWrite> batch, JournalFullException cause)
    {
        AnswerAll(batch.Where(pending => pending.Write.Priority == AppendPriority.Normal), new AppendResult.Rejected(cause));
        return [.. batch.Where(pending => pending.Write.Priority == AppendPriority.Reserve)];
    }

    private static void AnswerAll(IEnumerable<PendingWrite> batch, AppendResult result)
    {
        foreach (var pending in batch)
            pending.Complete(result);
    }
}
