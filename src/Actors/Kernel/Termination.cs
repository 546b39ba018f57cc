namespace VmSupervisor.Actors.Kernel;

/// <summary>
/// The end of a system, and those who wait for it. Their tasks end in items of the dispatcher, as those of asks do.
/// </summary>
internal sealed class Termination(ActorSystem system) : IThreadPoolWorkItem
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _ended = new();
    private List<Waiter>? _waiters = [];

    public Task Task => _ended.Task;

    public void Execute()
    {
        _ended.TrySetResult();
        List<Waiter>? waiters;
        lock (_lock)
        {
            (waiters, _waiters) = (_waiters, null);
        }

        waiters?.ForEach(w => w.End());
    }

    public Task WaitAsync(TimeSpan limit)
    {
        var waiter = new Waiter(system, limit);
        lock (_lock)
        {
            if (_waiters is null)
            {
                return Task;
            }

            _waiters.Add(waiter);
        }

        return waiter.Start();
    }

    public override string ToString() => "end of the system";

    private sealed class Waiter(ActorSystem system, TimeSpan limit) : IThreadPoolWorkItem
    {
        private readonly TaskCompletionSource _task = new();
        private ITimer? _timer;

        public Task Start()
        {
            _timer = system.Time.CreateTimer(_ => system.Dispatcher.Execute(this), null, limit, Timeout.InfiniteTimeSpan);
            return _task.Task;
        }

        public void End()
        {
            _timer?.Dispose();
            _task.TrySetResult();
        }

        /// <summary>The limit is over.</summary>
        public void Execute() => _task.TrySetException(new TimeoutException(
            $"{system.Name} has not stopped within {limit}; still there: {string.Join(", ", system.Living())}"));
    }
}
