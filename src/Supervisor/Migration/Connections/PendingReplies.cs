namespace VmSupervisor.Migration.Connections;

/// <summary>Questions that wait for their answers.</summary>
internal sealed class PendingReplies(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, TaskCompletionSource<Frame>> _waiting = [];
    private long _last;
    private string? _failed;

    /// <summary>Sends a question and waits for its answer.</summary>
    /// <param name="send">Sends it by its number. That it cannot be sent is told by <see cref="FailAll"/>.</param>
    /// <param name="deadline">How long to wait.</param>
    /// <param name="late">What to say when it is over.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="PeerException">There is no answer.</exception>
    public async Task<Frame> AskAsync(Action<long> send, TimeSpan deadline, string late, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<Frame>(TaskCreationOptions.RunContinuationsAsynchronously);
        var id = Add(answer);
        try
        {
            await using var limit = time.CreateTimer(
                _ => answer.TrySetException(new PeerException(PeerFailure.TimedOut, late)), null, deadline, Timeout.InfiniteTimeSpan);
            await using var cancelled = cancellationToken.Register(() => answer.TrySetCanceled(cancellationToken));
            send(id);
            return await answer.Task;
        }
        finally
        {
            lock (_lock)
                _waiting.Remove(id);
        }
    }

    /// <summary>An answer that nobody waits for any more is late, and dropped.</summary>
    public void Complete(long id, Frame answer)
    {
        TaskCompletionSource<Frame>? waiting;
        lock (_lock)
            _waiting.Remove(id, out waiting);
        waiting?.TrySetResult(answer);
    }

    /// <summary>The connection has ended.</summary>
    public void FailAll(string reason)
    {
        TaskCompletionSource<Frame>[] waiting;
        lock (_lock)
        {
            _failed = reason;
            waiting = [.. _waiting.Values];
            _waiting.Clear();
        }

        foreach (var answer in waiting)
            answer.TrySetException(new PeerException(PeerFailure.Lost, reason));
    }

    private long Add(TaskCompletionSource<Frame> answer)
    {
        lock (_lock)
        {
            if (_failed is not null)
                throw new PeerException(PeerFailure.NotConnected, _failed);
            _waiting.Add(++_last, answer);
            return _last;
        }
    }
}
