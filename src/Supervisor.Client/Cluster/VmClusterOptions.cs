namespace VmSupervisor.Client.Cluster;

/// <summary>The nodes of a <see cref="VmCluster"/>, and how it behaves.</summary>
public sealed record VmClusterOptions
{
    /// <summary>The nodes by their names, as they call themselves (<c>vmsupd --node NAME</c>); at least one.</summary>
    public required IReadOnlyDictionary<string, NodeEndpoint> Nodes { get; init; }

    /// <summary>What this program is, for the nodes' logs, such as <c>shop/2.1</c>.</summary>
    public string Client { get; init; } = "VmCluster";

    /// <summary>How long a connection may take until it speaks; 10 s unless told.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The deadline of what is answered at once (also of an ask that waits for its acceptance only), reconnects included; 60 s
    /// unless told, which outlasts a restart of the daemon.
    /// </summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a VM is looked for on nodes that do not answer, when no other has it; 5 s unless told.</summary>
    public TimeSpan LookTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The pause before the first attempt to connect again; each further one is twice as long. 100 ms unless told.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>No pause is longer; 5 s unless told.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a connection may be broken until those who watch are told that the node is unreachable; 1 s unless told, so
    /// that a restart of the daemon is none.
    /// </summary>
    public TimeSpan UnreachableAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After how long a silence a ping is sent, and how long its answer may take; 15 s unless told.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How many events of one stream are held for a consumer that is slower than the node; 256 unless told. What is more is read
    /// again from the node's journal when the consumer has come so far.
    /// </summary>
    public int EventsHeld { get; init; } = 256;

    /// <summary>Spreads the pauses, so that clients that lost a node together do not come back together; random unless told.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
