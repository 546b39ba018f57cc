namespace VmSupervisor.Migration.Connections;

/// <summary>The first frames: each side says who it is, and either may refuse the other, with a reason that both log.</summary>
internal static class Handshake
{
    /// <summary>A hello fits in.</summary>
    private const int LongestHello = 16 << 10;

    /// <summary>As the one who dialed.</summary>
    /// <exception cref="PeerChannelException">One of the two does not want the other.</exception>
    public static async Task<Frame.Hello> DialAsync(
        IPeerChannel channel, PeerSettings own, string peer, string session, CancellationToken cancellationToken)
    {
        await channel.SendAsync(HelloOf(own, peer, session).ToBytes(), cancellationToken);
        var hello = await ReadAsync(channel, cancellationToken);
        if (Fault(hello, own, peer) is { } reason)
            throw await RefuseAsync(channel, reason, cancellationToken);
        return hello;
    }

    /// <summary>As the one who was dialed.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="own">This node.</param>
    /// <param name="authenticated">The name that the transport has found proof of.</param>
    /// <param name="isKnown">Whether a peer is configured.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="PeerChannelException">One of the two does not want the other.</exception>
    public static async Task<Frame.Hello> AcceptAsync(
        IPeerChannel channel, PeerSettings own, string authenticated, Func<string, bool> isKnown, CancellationToken cancellationToken)
    {
        var hello = await ReadAsync(channel, cancellationToken);
        var reason = Fault(hello, own, authenticated)
            ?? (isKnown(authenticated) ? null : $"{authenticated} is not among the nodes that {own.Node} is configured with (nodes.{authenticated})");
        if (reason is not null)
            throw await RefuseAsync(channel, reason, cancellationToken);
        await channel.SendAsync(HelloOf(own, hello.Node, hello.Session).ToBytes(), cancellationToken);
        return hello;
    }

    private static Frame.Hello HelloOf(PeerSettings own, string peer, string session) =>
        new(PeerSettings.Protocol, own.Node, own.Run, own.Cluster, own.Version, peer, session);

    private static string? Fault(Frame.Hello hello, PeerSettings own, string expected) => hello switch
    {
        { Protocol: not PeerSettings.Protocol } =>
            $"{hello.Node} ({hello.Version}) speaks protocol {hello.Protocol}, {own.Node} ({own.Version}) speaks {PeerSettings.Protocol}",
        _ when hello.Cluster != own.Cluster => $"{hello.Node} belongs to cluster '{hello.Cluster}', {own.Node} to '{own.Cluster}' (vmsup.cluster)",
        _ when hello.Node != expected => $"found node '{hello.Node}' where '{expected}' was expected",
        _ when hello.Peer != own.Node => $"{hello.Node} means to speak with '{hello.Peer}', but this is node '{own.Node}'",
        { Run.Length: 0 } or { Session.Length: 0 } => $"{hello.Node} gives no run or no session",
        _ => null,
    };

    private static async Task<Frame.Hello> ReadAsync(IPeerChannel channel, CancellationToken cancellationToken)
    {
        var bytes = await channel.ReceiveAsync(LongestHello, cancellationToken) ?? throw new PeerChannelException("the peer closed the connection without a word");
        return Frame.Read(bytes) switch
        {
            Frame.Hello hello => hello,
            Frame.Refused refused => throw new PeerChannelException($"refused by the peer: {refused.Reason}"),
            Frame.Goodbye goodbye => throw new PeerChannelException(goodbye.Reason),
            var other => throw new PeerChannelException($"the peer began with a {other.GetType().Name}"),
        };
    }

    private static async Task<PeerChannelException> RefuseAsync(IPeerChannel channel, string reason, CancellationToken cancellationToken)
    {
        await channel.SendAsync(new Frame.Refused(reason).ToBytes(), cancellationToken);
        await channel.CloseAsync();
        await DrainAsync(channel, cancellationToken);
        return new PeerChannelException(reason);
    }

    // Until the other side has read the reason and left: to end the connection now could overtake it.
    private static async Task DrainAsync(IPeerChannel channel, CancellationToken cancellationToken)
    {
        try
        {
            while (await channel.ReceiveAsync(LongestHello, cancellationToken) is not null)
            {
            }
        }
        catch (Exception e) when (e is PeerChannelException or OperationCanceledException)
        {
            // It has left, or does not.
        }
    }
}
