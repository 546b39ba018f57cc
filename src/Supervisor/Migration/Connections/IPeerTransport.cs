namespace VmSupervisor.Migration.Connections;

/// <summary>How peers are reached: unix sockets, TLS, or within a process. It says what failed by <see cref="PeerChannelException"/>.</summary>
internal interface IPeerTransport
{
    /// <summary>Connects, up to where messages can be sent.</summary>
    Task<IPeerChannel> DialAsync(string peer, CancellationToken cancellationToken);

    /// <summary>Opens a stream that belongs to a session which was dialed before.</summary>
    Task<Stream> OpenStreamAsync(string peer, string session, string name, CancellationToken cancellationToken);
}

/// <summary>Carries whole messages in order, both ways. Disposing it breaks it at once.</summary>
internal interface IPeerChannel : IDisposable
{
    /// <summary>Sends one message; one after the other. Returns when it is taken over, which may take as long as the peer is slow.</summary>
    Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

    /// <summary>Waits for the next message; null when the peer has closed.</summary>
    /// <exception cref="PeerChannelException">It broke, or the message is larger than allowed.</exception>
    Task<byte[]?> ReceiveAsync(int longest, CancellationToken cancellationToken);

    /// <summary>Tells the peer that nothing more is sent; gives it a moment to take what was sent before.</summary>
    Task CloseAsync();
}

/// <summary>A channel cannot be had, or broke.</summary>
/// <param name="message">One line for a person.</param>
/// <param name="inner">What the system said.</param>
internal sealed class PeerChannelException(string message, Exception? inner = null) : IOException(message, inner);
