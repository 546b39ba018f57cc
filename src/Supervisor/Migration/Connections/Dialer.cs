using Microsoft.Extensions.Logging;

namespace VmSupervisor.Migration.Connections;

/// <summary>Keeps one connection with one peer: dials, runs it until its end, waits, dials again.</summary>
internal sealed partial class Dialer(
    Peer peer, IPeerTransport transport, PeerSettings settings, PeerHandlers handlers, Func<string> newSession, long seed, TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly Backoff _backoff = new(settings.FirstDelay, settings.LongestDelay, seed);
    private TaskCompletionSource<PeerLink> _attempt = NewAttempt();
    private CancellationTokenSource _pause = new();
    private string? _told;

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            if (await DialAsync(stopping) is { } link)
            {
                using (link)
                    await RunAsync(link, stopping);
            }

            await PauseAsync(stopping);
        }

        End(new PeerException(PeerFailure.NotConnected, $"node {settings.Node} stops"));
    }

    /// <summary>There is news of the peer: the next attempt need not wait.</summary>
    public void Hurry()
    {
        lock (_lock)
            _pause.Cancel();
    }

    /// <summary>The connection; when there is none, that of an attempt which is made now.</summary>
    /// <exception cref="PeerException">The attempt failed.</exception>
    public Task<PeerLink> ConnectAsync(CancellationToken cancellationToken)
    {
        Task<PeerLink> attempt;
        lock (_lock)
        {
            if (peer.Link(PeerDirection.Dialed) is { } link)
                return Task.FromResult(link);
            attempt = _attempt.Task;
            _pause.Cancel();
        }

        return attempt.WaitAsync(cancellationToken);
    }

    private static TaskCompletionSource<PeerLink> NewAttempt() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<PeerLink?> DialAsync(CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(settings.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, limit.Token);
        IPeerChannel? channel = null;
        try
        {
            channel = await transport.DialAsync(peer.Name, either.Token);
            var hello = await Handshake.DialAsync(channel, settings, peer.Name, newSession(), either.Token);
            var session = new PeerSession(hello.Session, peer.Name, hello.Run, hello.Version, PeerDirection.Dialed, time.GetUtcNow());
            var link = new PeerLink(channel, session, settings, handlers, time);
            LogConnected(peer.Name, peer.Address, hello.Version, hello.Run);
            _told = null;
            peer.Begin(link);
            Began(link);
            return link;
        }
        catch (Exception e) when (e is PeerChannelException or OperationCanceledException)
        {
            channel?.Dispose();
            if (!stopping.IsCancellationRequested)
                Failed(e is PeerChannelException ? e.Message : $"no answer within {settings.ConnectTimeout.TotalSeconds:0.###} s");
            return null;
        }
    }

    private async Task RunAsync(PeerLink link, CancellationToken stopping)
    {
        var began = time.GetTimestamp();
        await link.RunAsync(stopping);

        // One that ends as soon as it begins is no success: two daemons of one name would take turns without a pause.
        if (time.GetElapsedTime(began) >= settings.KeepAliveInterval)
            _backoff.Reset();
        if (!stopping.IsCancellationRequested)
            LogLost(peer.Name, peer.Address, link.Session.Ended);
    }

    private async Task PauseAsync(CancellationToken stopping)
    {
        CancellationToken hurry;
        lock (_lock)
            hurry = _pause.Token;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, hurry);
        await Task.Delay(_backoff.Next(), time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        lock (_lock)
        {
            if (!_pause.IsCancellationRequested)
                return;
            _pause.Dispose();
            _pause = new CancellationTokenSource();
        }
    }

    private void Began(PeerLink link)
    {
        TaskCompletionSource<PeerLink> attempt;
        lock (_lock)
            (attempt, _attempt) = (_attempt, NewAttempt());
        attempt.TrySetResult(link);
    }

    // The same reason again and again is said once: what is tried every few seconds for days would fill the log.
    private void Failed(string reason)
    {
        peer.Failed(reason);
        if (_told != reason)
            LogFailed(peer.Name, peer.Address, reason);
        _told = reason;
        End(new PeerException(PeerFailure.NotConnected, reason));
    }

    private void End(PeerException reason)
    {
        TaskCompletionSource<PeerLink> attempt;
        lock (_lock)
            (attempt, _attempt) = (_attempt, NewAttempt());
        attempt.TrySetException(reason);
        _ = attempt.Task.Exception;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "peer {Peer} ({Address}) is connected: version {Version}, run {Run}")]
    private partial void LogConnected(string peer, string address, string version, string run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "peer {Peer} ({Address}) is lost: {Reason}")]
    private partial void LogLost(string peer, string address, string? reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "peer {Peer} ({Address}) cannot be reached: {Reason}")]
    private partial void LogFailed(string peer, string address, string reason);
}
