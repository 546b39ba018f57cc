namespace VmSupervisor.Actors.TestKit;

/// <summary>
/// A clock that stands still until it is told to go on. Timers fire on the thread that moves it, in the order of
/// their times; among those of the same instant the seed decides.
/// </summary>
/// <param name="start">Where it starts; 2026-01-01 00:00 UTC by default.</param>
/// <param name="seed">Decides between timers of the same instant.</param>
public sealed class VirtualTime(DateTimeOffset? start = null, long seed = 0) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly DateTimeOffset _start = start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly SeededRandom _random = new(seed);
    private readonly SortedSet<VirtualTimer> _due = new(VirtualTimer.ByTime);
    private long _elapsed;
    private long _lastOrder;

    /// <summary>How far it has gone.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(Volatile.Read(ref _elapsed));

    /// <summary>When the next timer is due, counted as <see cref="Elapsed"/>; null when there is none.</summary>
    public TimeSpan? NextTimer
    {
        get
        {
            lock (_lock)
            {
                return _due.Min is { } next ? TimeSpan.FromTicks(next.DueAt) : null;
            }
        }
    }

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    /// <inheritdoc />
    public override long GetTimestamp() => Elapsed.Ticks;

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Goes on by a span, firing what is due on the way; each timer sees the time it was due at.</summary>
    public void Advance(TimeSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        var end = Elapsed + span;
        while (FireNext(end))
        {
        }
    }

    /// <summary>
    /// Goes on to the next timer that is due by <paramref name="end"/> and fires it; when there is none, goes on to
    /// the end and gives false.
    /// </summary>
    internal bool FireNext(TimeSpan end)
    {
        VirtualTimer? next;
        lock (_lock)
        {
            next = _due.Min;
            if (next is null || next.DueAt > end.Ticks)
            {
                _elapsed = Math.Max(_elapsed, end.Ticks);
                return false;
            }

            _due.Remove(next);
            _elapsed = Math.Max(_elapsed, next.DueAt);
            if (next.Period > 0)
            {
                Schedule(next, next.DueAt + next.Period);
            }
            else
            {
                next.DueAt = long.MaxValue;
            }
        }

        next.Fire();
        return true;
    }

    internal void Change(VirtualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            _due.Remove(timer);
            timer.Period = period == Timeout.InfiniteTimeSpan ? 0 : period.Ticks;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Schedule(timer, _elapsed + dueTime.Ticks);
            }
        }
    }

    internal void Remove(VirtualTimer timer)
    {
        lock (_lock)
        {
            _due.Remove(timer);
        }
    }

    private void Schedule(VirtualTimer timer, long dueAt)
    {
        timer.DueAt = dueAt;
        timer.Tie = _random.NextBits();
        timer.Order = ++_lastOrder;
        _due.Add(timer);
    }
}
