namespace VmSupervisor.Actors.Kernel;

internal sealed class ActorTimers(ActorCell cell) : ITimers
{
    private readonly Dictionary<object, Entry> _entries = [];

    public void StartSingleTimer(object key, object message, TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        Start(new Entry(this, key, message, isPeriodic: false), delay, Timeout.InfiniteTimeSpan);
    }

    public void StartPeriodicTimer(object key, object message, TimeSpan interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        Start(new Entry(this, key, message, isPeriodic: true), interval, interval);
    }

    public bool IsTimerActive(object key) => _entries.ContainsKey(key);

    public void Cancel(object key)
    {
        if (_entries.Remove(key, out var entry))
        {
            entry.Timer?.Dispose();
        }
    }

    public void CancelAll()
    {
        foreach (var entry in _entries.Values)
        {
            entry.Timer?.Dispose();
        }

        _entries.Clear();
    }

    private void Start(Entry entry, TimeSpan first, TimeSpan interval)
    {
        Cancel(entry.Key);
        _entries[entry.Key] = entry;
        entry.Timer = cell.System.Time.CreateTimer(static e => ((Entry)e!).Fire(), entry, first, interval);
    }

    /// <summary>One started timer; its own tick, so that the tick of a replaced timer is not the one that is registered.</summary>
    private sealed class Entry(ActorTimers timers, object key, object message, bool isPeriodic) : IAutoReceived
    {
        private int _isQueued;

        public object Key { get; } = key;

        public ITimer? Timer { get; set; }

        public void Fire()
        {
            if (Interlocked.Exchange(ref _isQueued, 1) == 0)
            {
                timers.Post(this);
            }
        }

        public void Deliver(ActorCell cell)
        {
            Volatile.Write(ref _isQueued, 0);
            if (!timers._entries.TryGetValue(Key, out var current) || !ReferenceEquals(current, this))
            {
                return;
            }

            if (!isPeriodic)
            {
                timers.Cancel(Key);
            }

            cell.Deliver(message);
        }
    }

    private void Post(Entry entry) => cell.Self.Tell(entry);
}
