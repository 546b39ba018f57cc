namespace VmSupervisor.Actors.Kernel;

/// <summary>Timers and the receive timeout.</summary>
internal sealed partial class ActorCell
{
    private ActorTimers? _timers;
    private ReceiveTimeoutClock? _receiveTimeout;

    ITimers IActorContext.Timers => _timers ??= new ActorTimers(this);

    public ActorTimers? TimersIfAny => _timers;

    public void SetReceiveTimeout(TimeSpan? timeout)
    {
        StopReceiveTimeout();
        if (timeout is { } span)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(span, TimeSpan.Zero, nameof(timeout));
            _receiveTimeout = new ReceiveTimeoutClock(this, span);
            _receiveTimeout.Restart();
        }
    }

    public void DeliverReceiveTimeout(ReceiveTimeoutClock clock)
    {
        if (ReferenceEquals(clock, _receiveTimeout))
        {
            Deliver(ReceiveTimeout.Instance);
        }
    }

    private void RestartReceiveTimeout() => _receiveTimeout?.Restart();

    private void StopReceiveTimeout()
    {
        _receiveTimeout?.Dispose();
        _receiveTimeout = null;
    }
}
