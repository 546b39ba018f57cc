namespace VmSupervisor.Migration;

/// <summary>
/// The other nodes that this one knows, and the authenticated connections with them. A connection has a direction: each
/// node dials every other one, asks over what it has dialed itself, and answers over what was dialed by the other.
/// </summary>
internal interface IPeers
{
    /// <summary>All configured peers, by name.</summary>
    IReadOnlyList<IPeer> All { get; }

    /// <summary>A peer by its node's name; null when it is not configured.</summary>
    IPeer? Find(string name);

    /// <summary>
    /// Answers messages of a type until the result is disposed. A handler is started in the order in which one
    /// connection's messages arrived and must not block; what it gives becomes the reply. The token tells that the
    /// connection has ended, so that nobody waits for the reply any more. A <see cref="PeerRefusalException"/> is told
    /// to the asker as it is, anything else as a fault.
    /// </summary>
    /// <exception cref="InvalidOperationException">The type has a handler already.</exception>
    IDisposable Handle(string type, Func<PeerRequest, CancellationToken, Task<PeerReply>> handler);

    /// <summary>
    /// Takes byte streams that a peer opens by this name, until the result is disposed. The stream is closed when the
    /// handler returns, and broken (the token tells) when the connection it belongs to ends.
    /// </summary>
    /// <exception cref="InvalidOperationException">The name has a handler already.</exception>
    IDisposable HandleStreams(string name, Func<PeerSession, Stream, CancellationToken, Task> handler);
}

/// <summary>Another node.</summary>
internal interface IPeer
{
    /// <summary>The node's name.</summary>
    string Name { get; }

    /// <summary>Where it is dialed.</summary>
    string Address { get; }

    /// <summary>The connection that this node has dialed; null when there is none now.</summary>
    PeerSession? Dialed { get; }

    /// <summary>The connection that the peer has dialed; null when there is none now.</summary>
    PeerSession? Accepted { get; }

    /// <summary>
    /// Tells every connection that is there now, in either direction, and from then on every beginning and end, until the
    /// result is disposed. Told in order; it must not block.
    /// </summary>
    IDisposable Watch(Action<PeerChange> told);

    /// <summary>
    /// Sends a message and waits for the reply. It arrives at most once; after a failure whose
    /// <see cref="PeerException.MayHaveArrived"/> is set nobody knows whether it did, so what is asked again must be idempotent.
    /// </summary>
    /// <param name="message">What is asked.</param>
    /// <param name="deadline">How long to wait for the reply.</param>
    /// <param name="cancellationToken">Ends the waiting, not what the peer does.</param>
    /// <exception cref="PeerException">There is no reply.</exception>
    Task<PeerReply> AskAsync(PeerMessage message, TimeSpan deadline, CancellationToken cancellationToken = default);

    /// <summary>
    /// Opens a duplex byte stream beside the connection, authenticated likewise, that breaks when the connection ends. Its flow
    /// control is its own: it holds up no message.
    /// </summary>
    /// <exception cref="PeerException">The peer cannot be reached, or does not expect this stream.</exception>
    Task<Stream> OpenStreamAsync(string name, CancellationToken cancellationToken = default);
}
