namespace VmSupervisor.Actors.Persistence.Batching;

/// <summary>
/// The way of a write: waiting for a place → queued → committing → answered. Each stage has its deadline, kept by
/// one timer; each is first in, first out, so the earliest deadline of a stage is that of its first.
/// </summary>
internal sealed class WriteQueue : IDisposable
{
    private readonly Lock gate = new();
    private readonly LinkedList<PendingWrite> waiting = new();
    private readonly Queue<PendingWrite> queued = new();
    private readonly BatchingOptions options;
    private readonly TimeProvider time;
    private readonly ITimer timer;
#pragma warning disable RS0030 // Not an actor: whoever awaits must not go on on the thread that writes.
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
#pragma warning restore RS0030
    private IReadOnlyList<PendingWrite> committing = [];
    private long armedFor = long.MaxValue;
    private bool pumping;
    private bool closed;

    public WriteQueue(BatchingOptions options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        timer = time.CreateTimer(_ => Expire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Completes when the queue is closed and all that had a place has been through the store.</summary>
    public Task Drained => drained.Task;

    /// <summary>Lets a write in. <paramref name="startPump"/>: nobody takes batches at the moment, so somebody must begin to.</summary>
    public Task<AppendResult> Enter(JournalWrite write, CancellationToken cancellationToken, out bool startPump)
    {
        startPump = false;
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<AppendResult>(cancellationToken);
        var pending = new PendingWrite(write);
        LinkedListNode<PendingWrite>? node = null;
        lock (gate)
        {
            if (closed)
                return Task.FromResult<AppendResult>(new AppendResult.Rejected(new JournalClosedException()));
            if (queued.Count < options.QueueLimit && waiting.Count == 0)
            {
                GivePlace(pending);
                startPump = !pumping;
                pumping = true;
            }
            else
            {
                pending.Deadline = DeadlineIn(options.PlaceTimeLimit);
                node = waiting.AddLast(pending);
                ArmTimer(pending.Deadline);
            }
        }
        if (node is not null && cancellationToken.CanBeCanceled)
            pending.CancelWith(cancellationToken.Register(() => GiveUp(node, cancellationToken)));
        return pending.Answer;
    }

    /// <summary>The next batch; empty when there is nothing to do, and then the pump is to stop.</summary>
    public IReadOnlyList<PendingWrite> TakeBatch()
    {
        lock (gate)
        {
            var batch = new List<PendingWrite>(Math.Min(queued.Count, options.BatchLimit));
            long bytes = 0;
            while (batch.Count < options.BatchLimit && queued.TryPeek(out var next))
            {
                bytes += next.Write.PayloadBytes;
                if (batch.Count > 0 && bytes > options.BatchBytes)
                    break;
                batch.Add(queued.Dequeue());
            }
            FillPlaces();
            committing = batch;
            pumping = batch.Count > 0;
            if (!pumping && closed)
                drained.TrySetResult();
            return batch;
        }
    }

    /// <summary>Lets nobody in any more and turns away who has no place yet.</summary>
    public void Close()
    {
        List<PendingWrite> turnedAway;
        lock (gate)
        {
            closed = true;
            turnedAway = [.. waiting];
            waiting.Clear();
            if (!pumping)
                drained.TrySetResult();
        }
        foreach (var pending in turnedAway)
            pending.Complete(new AppendResult.Rejected(new JournalClosedException()));
    }

    public void Dispose() => timer.Dispose();

    private void GivePlace(PendingWrite pending)
    {
        pending.Deadline = DeadlineIn(options.CommitTimeLimit);
        queued.Enqueue(pending);
        ArmTimer(pending.Deadline);
    }

    private void FillPlaces()
    {
        while (queued.Count < options.QueueLimit && waiting.First is { } first)
        {
            waiting.RemoveFirst();
            GivePlace(first.Value);
        }
    }

    private void GiveUp(LinkedListNode<PendingWrite> node, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (node.List is null)
                return; // It has its place, or its answer.
            waiting.Remove(node);
        }
        node.Value.Cancel(cancellationToken);
    }

    private void Expire()
    {
        var answers = new List<(PendingWrite Pending, AppendResult Result)>();
        lock (gate)
        {
            var now = time.GetTimestamp();
            while (waiting.First is { } first && first.Value.Deadline <= now)
            {
                waiting.RemoveFirst();
                answers.Add((first.Value, new AppendResult.Rejected(new JournalOverloadedException(
                    $"the journal is overloaded: no place in its queue of {options.QueueLimit} for {options.PlaceTimeLimit.TotalSeconds} s"))));
            }
            while (queued.TryPeek(out var pending) && pending.Deadline <= now)
            {
                answers.Add((queued.Dequeue(), new AppendResult.Rejected(new JournalOverloadedException(
                    $"the journal is overloaded: the store did not get to this write within {options.CommitTimeLimit.TotalSeconds} s"))));
            }
            foreach (var pending in committing.Where(p => p.Deadline <= now && !p.Answer.IsCompleted))
            {
                answers.Add((pending, new AppendResult.Unknown(new JournalTimeoutException(
                    $"the store has not confirmed this write within {options.CommitTimeLimit.TotalSeconds} s"))));
            }
            FillPlaces();
            armedFor = long.MaxValue;
            foreach (var first in Firsts(now))
                ArmTimer(first.Deadline);
        }
        foreach (var (pending, result) in answers)
            pending.Complete(result);
    }

    private IEnumerable<PendingWrite> Firsts(long now) =>
        waiting.Take(1).Concat(queued.Take(1)).Concat(committing.Where(p => p.Deadline > now && !p.Answer.IsCompleted).Take(1));

    // Not disarmed when a write is answered: that would cost more than one idle tick per time limit.
    private void ArmTimer(long deadline)
    {
        if (deadline >= armedFor)
            return;
        armedFor = deadline;
        var due = time.GetElapsedTime(time.GetTimestamp(), deadline);
        // Timers count whole milliseconds: rounded down, the tick would come too early and find nothing due.
        timer.Change(TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(due.TotalMilliseconds))), Timeout.InfiniteTimeSpan);
    }

    private long DeadlineIn(TimeSpan limit) => time.GetTimestamp() + (long)(limit.TotalSeconds * time.TimestampFrequency);
}
