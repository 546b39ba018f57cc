namespace VmSupervisor.Migration.Conversations;

/// <summary>How patient this node is with the other one of a migration.</summary>
internal sealed record ConversationSettings
{
    /// <summary>How long the connection of whoever drives a migration may be away; 2 s. 0: it must not end at all.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long whoever drives a migration may be silent while the connection is there; 10 s.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one answer may take; 5 s.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an answer may take for which hooks run and QEMU starts; it is asked for again after that.</summary>
    public TimeSpan PrepareTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where QEMU listens for guests that come directly; null for nowhere: they come through the nodes' own connection.</summary>
    public ListenAddress? Listen { get; init; }

    /// <summary>Where QEMU finds what this node proves itself with; null for no encryption of what goes directly.</summary>
    public string? TlsDirectory { get; init; }
}
