namespace VmSupervisor.Vms.Effects;

/// <summary>
/// One at a time, in the order of asking. Whoever waits goes on where it was awaited (a SemaphoreSlim would go on on
/// the thread pool, and a seeded run would not be the same run).
/// </summary>
internal sealed class Gate
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private bool _taken;

    public async Task<T> ExclusivelyAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            Leave();
        }
    }

    private async Task EnterAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var turn = new TaskCompletionSource();
        lock (_lock)
        {
            if (!_taken)
            {
                _taken = true;
                return;
            }

            _waiting.AddLast(turn);
        }

        await using var registration = cancellationToken.Register(() =>
        {
            lock (_lock)
            {
                if (!_waiting.Remove(turn))
                    return;
            }

            turn.SetCanceled(cancellationToken);
        });
        await turn.Task;
    }

    private void Leave()
    {
        TaskCompletionSource next;
        lock (_lock)
        {
            if (_waiting.First is not { } first)
            {
                _taken = false;
                return;
            }

            _waiting.RemoveFirst();
            next = first.Value;
        }

        next.SetResult();
    }
}
