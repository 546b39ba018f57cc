namespace VmSupervisor.Actors.Kernel;

/// <summary>Counts the silence of one actor. A tick carries the number of the silence it belongs to.</summary>
internal sealed class ReceiveTimeoutClock : IDisposable
{
    private readonly ActorCell _cell;
    private readonly TimeSpan _timeout;
    private readonly ITimer _timer;
    private long _silence;

    public ReceiveTimeoutClock(ActorCell cell, TimeSpan timeout)
    {
        _cell = cell;
        _timeout = timeout;
        _timer = cell.System.Time.CreateTimer(
            _ => _cell.Self.Tell(new Tick(this, Volatile.Read(ref _silence))), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Restart()
    {
        Volatile.Write(ref _silence, _silence + 1);
        _timer.Change(_timeout, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    private sealed class Tick(ReceiveTimeoutClock clock, long silence) : IAutoReceived
    {
        public void Deliver(ActorCell cell)
        {
            if (silence == clock._silence)
            {
                cell.DeliverReceiveTimeout(clock);
            }
        }
    }
}
