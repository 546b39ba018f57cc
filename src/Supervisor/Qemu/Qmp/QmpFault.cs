namespace VmSupervisor.Qemu.Qmp;

/// <summary>Why a monitor connection cannot be used any more.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Detail">One line for a person.</param>
internal sealed record QmpFault(QmpFaultKind Kind, string Detail)
{
    public override string ToString() => Detail;
}

/// <summary>The ways in which a monitor connection ends.</summary>
internal enum QmpFaultKind
{
    /// <summary>QEMU closed it, or died: end of file or a reset. Never proof of an exit, always a sign of one.</summary>
    Closed,

    /// <summary>The socket is there and nobody listens: who did is dead.</summary>
    NobodyListens,

    /// <summary>The socket is not there, or cannot be connected to.</summary>
    Unreachable,

    /// <summary>It was open, and the peer did not greet or negotiate in time.</summary>
    Silent,

    /// <summary>What came is not QMP.</summary>
    Malformed,

    /// <summary>A line was longer than a sane peer's.</summary>
    LineTooLong,

    /// <summary>Nobody took the events, and they were more than are kept.</summary>
    Overflow,

    /// <summary>The peer greeted and then refused to negotiate.</summary>
    Refused,

    /// <summary>We closed it.</summary>
    Disposed,
}
