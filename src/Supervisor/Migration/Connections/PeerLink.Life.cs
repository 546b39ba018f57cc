namespace VmSupervisor.Migration.Connections;

// Whether the other end is there, and the last word to it.
internal sealed partial class PeerLink
{
    private static readonly TimeSpan GoodbyePatience = TimeSpan.FromSeconds(1);

    /// <summary>How long a message and its answer take.</summary>
    /// <exception cref="PeerException">There is none.</exception>
    public async Task<TimeSpan> PingAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        await _pending.AskAsync(
            id => Queue(new Frame.Ping(id)),
            deadline, $"{Session.Peer} has not answered a ping within {deadline.TotalSeconds:0.###} s", cancellationToken);
        var took = _time.GetElapsedTime(began);
        Interlocked.Exchange(ref _roundTrip, took.Ticks);
        return took;
    }

    // Not held up by a ping that the peer does not take: that it is silent must be seen all the same.
    private async Task KeepAliveAsync()
    {
        var pinging = Task.CompletedTask;
        try
        {
            while (true)
            {
                var silence = _time.GetElapsedTime(Interlocked.Read(ref _heardAt));
                if (silence >= _settings.KeepAliveTimeout)
                {
                    End($"nothing was heard of {Session.Peer} for {_settings.KeepAliveTimeout.TotalSeconds:0.###} s");
                    return;
                }

                if (pinging.IsCompleted)
                    pinging = PingQuietlyAsync();
                var left = _settings.KeepAliveTimeout - silence;
                await Task.Delay(left < _settings.KeepAliveInterval ? left : _settings.KeepAliveInterval, _time, _ended);
            }
        }
        catch (OperationCanceledException)
        {
            // Its end.
        }
    }

    private async Task PingQuietlyAsync()
    {
        try
        {
            await PingAsync(_settings.KeepAliveTimeout, _ended);
        }
        catch (Exception e) when (e is PeerException or OperationCanceledException)
        {
            // The silence speaks for itself.
        }
    }

    // The other side learns why and leaves, if it still listens.
    private async Task SayGoodbyeAsync(Task sending, Task receiving)
    {
        using var limit = new CancellationTokenSource(GoodbyePatience, _time);
        Queue(new Frame.Goodbye(Session.Ended!));
        _outgoing.Writer.TryComplete();
        try
        {
            await sending.WaitAsync(limit.Token);
            await _channel.CloseAsync();
            await receiving.WaitAsync(limit.Token);
        }
        catch (Exception e) when (e is PeerChannelException or OperationCanceledException)
        {
            // It does not.
        }
    }
}
