using VmSupervisor.Actors.Supervision;

namespace VmSupervisor.Actors.Kernel;

/// <summary>The restarts of one child, counted against the rule of its supervisor.</summary>
internal sealed class RestartHistory
{
    private int _inWindow;
    private long _windowStart;
    private int _inARow;
    private long _runningSince;

    /// <summary>Counts one more failure: how long its restart waits, or null when the limit is used up.</summary>
    public TimeSpan? Next(SupervisorStrategy.RestartRule rule, TimeProvider time, Func<double> random)
    {
        var now = time.GetTimestamp();
        if (_inWindow == 0 || (rule.Window is { } window && time.GetElapsedTime(_windowStart, now) > window))
        {
            _inWindow = 0;
            _windowStart = now;
        }

        if (rule.MaxRestarts is { } limit && _inWindow >= limit)
        {
            return null;
        }

        _inWindow++;
        if (rule.Backoff is not { } backoff)
        {
            return TimeSpan.Zero;
        }

        if (_inARow > 0 && time.GetElapsedTime(_runningSince, now) >= (backoff.ResetAfter ?? backoff.Max))
        {
            _inARow = 0;
        }

        var delay = backoff.Delay(++_inARow, random());
        _runningSince = now + (long)(delay.TotalSeconds * time.TimestampFrequency);
        return delay;
    }
}
