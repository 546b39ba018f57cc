namespace VmSupervisor.Migration;

/// <summary>Why there is no reply.</summary>
internal enum PeerFailure
{
    /// <summary>There is no connection; nothing was sent.</summary>
    NotConnected,

    /// <summary>The connection ended before the reply.</summary>
    Lost,

    /// <summary>The deadline passed.</summary>
    TimedOut,

    /// <summary>The peer answered that it does not do it.</summary>
    Refused,

    /// <summary>The message is larger than what peers take; nothing was sent.</summary>
    TooLarge,
}

/// <summary>A peer gave no reply.</summary>
/// <param name="failure">Why, for programs.</param>
/// <param name="message">Why, for people.</param>
internal sealed class PeerException(PeerFailure failure, string message) : Exception(message)
{
    public PeerFailure Failure { get; } = failure;

    /// <summary>Whether the peer may have got the message.</summary>
    public bool MayHaveArrived => Failure is PeerFailure.Lost or PeerFailure.TimedOut;
}

/// <summary>A handler does not do what was asked, for a reason that the asker is told.</summary>
internal sealed class PeerRefusalException(string message) : Exception(message);
