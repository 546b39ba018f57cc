using Microsoft.Extensions.Logging;
using VmSupervisor.Actors;

namespace VmSupervisor.Migration.Connections;

/// <summary>This node among its peers: dials every one of them, and accepts what they dial.</summary>
internal sealed partial class PeerTable : IPeers
{
    private readonly PeerSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly PeerHandlers _handlers;
    private readonly SortedDictionary<string, (Peer Peer, Dialer Dialer)> _peers = new(StringComparer.Ordinal);

    /// <param name="settings">This node.</param>
    /// <param name="addresses">Where each peer is dialed, by name.</param>
    /// <param name="transport">How.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where connections and refusals are told.</param>
    public PeerTable(
        PeerSettings settings, IReadOnlyDictionary<string, string> addresses, IPeerTransport transport, TimeProvider time, ILogger logger)
    {
        _settings = settings;
        _time = time;
        _logger = logger;
        _handlers = new PeerHandlers(logger);
        var random = new SeededRandom(settings.Seed);
        foreach (var (name, address) in addresses.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var sessions = 0;
            var peer = new Peer(name, address, transport, time);
            var seed = (long)random.NextBits();
            _peers.Add(name, (peer, new Dialer(
                peer, transport, settings, _handlers, () => $"{settings.Run}-{name}-{++sessions}", seed, time, logger)));
        }

        All = [.. _peers.Values.Select(pair => pair.Peer)];
    }

    public IReadOnlyList<IPeer> All { get; }

    public IPeer? Find(string name) => Known(name);

    public Peer? Known(string name) => _peers.TryGetValue(name, out var known) ? known.Peer : null;

    public IDisposable Handle(string type, Func<PeerRequest, CancellationToken, Task<PeerReply>> handler) => _handlers.Handle(type, handler);

    public IDisposable HandleStreams(string name, Func<PeerSession, Stream, CancellationToken, Task> handler) => _handlers.HandleStreams(name, handler);

    /// <summary>Dials until the token says stop; returns when every connection that was dialed has ended.</summary>
    public Task RunAsync(CancellationToken stopping) => Task.WhenAll(_peers.Values.Select(pair => pair.Dialer.RunAsync(stopping)));

    /// <summary>The round trip of one message, over a connection that is made now when there is none.</summary>
    /// <exception cref="PeerException">The peer does not answer.</exception>
    /// <exception cref="KeyNotFoundException">There is no such peer.</exception>
    public async Task<(PeerLink Link, TimeSpan RoundTrip)> PingAsync(string name, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var link = await _peers[name].Dialer.ConnectAsync(cancellationToken);
        return (link, await link.PingAsync(deadline, cancellationToken));
    }

    /// <summary>Serves a connection that a peer has dialed, until its end.</summary>
    /// <param name="channel">The channel; it is disposed.</param>
    /// <param name="authenticated">The name that the transport has found proof of.</param>
    /// <param name="from">Where it comes from, for the log.</param>
    /// <param name="stopping">Ends it.</param>
    public async Task AcceptAsync(IPeerChannel channel, string authenticated, string from, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(_settings.ConnectTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, limit.Token);
        try
        {
            var hello = await Handshake.AcceptAsync(channel, _settings, authenticated, _peers.ContainsKey, either.Token);
            var (peer, dialer) = _peers[authenticated];
            var session = new PeerSession(hello.Session, peer.Name, hello.Run, hello.Version, PeerDirection.Accepted, _time.GetUtcNow());
            using var link = new PeerLink(channel, session, _settings, _handlers, _time);
            LogAccepted(peer.Name, from, hello.Version, hello.Run);
            peer.Begin(link);
            dialer.Hurry();
            await link.RunAsync(stopping);
            if (!stopping.IsCancellationRequested)
                LogEnded(peer.Name, from, session.Ended);
        }
        catch (PeerChannelException e)
        {
            LogRefused(authenticated, from, e.Message);
        }
        catch (OperationCanceledException)
        {
            if (!stopping.IsCancellationRequested)
                LogRefused(authenticated, from, $"it has not said who it is within {_settings.ConnectTimeout.TotalSeconds:0.###} s");
        }
        finally
        {
            channel.Dispose();
        }
    }

    /// <summary>Why a stream is not taken; null when it is.</summary>
    public string? WhyNoStream(string peer, string session, string name)
    {
        if (Known(peer)?.Accepted?.Id != session)
            return $"{peer} has no such connection with {_settings.Node}";
        return _handlers.FindStream(name) is null ? $"nobody here expects a stream '{name}'" : null;
    }

    /// <summary>Serves a stream that a peer has opened, until its handler has done with it; disposes it.</summary>
    public async Task AcceptStreamAsync(string peer, string session, string name, Stream stream)
    {
        await using (stream)
        {
            if (Known(peer)?.Accepted is not { } accepted || accepted.Id != session || _handlers.FindStream(name) is not { } handler)
                return;
            using var ended = new CancellationTokenSource();
            using var watch = accepted.Watch(_ => ended.Cancel());
            await using var bound = new SessionStream(stream, accepted);
            try
            {
                await handler(accepted, bound, ended.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                LogStream(name, peer, e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "peer {Peer} has connected from {From}: version {Version}, run {Run}")]
    private partial void LogAccepted(string peer, string from, string version, string run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "peer {Peer}'s connection from {From} is lost: {Reason}")]
    private partial void LogEnded(string peer, string from, string? reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "a connection from {From} as peer {Peer} is refused: {Reason}")]
    private partial void LogRefused(string peer, string from, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "stream {Name} of peer {Peer} broke: {Reason}")]
    private partial void LogStream(string name, string peer, string reason);
}
