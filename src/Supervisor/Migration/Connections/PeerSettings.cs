namespace VmSupervisor.Migration.Connections;

/// <summary>Who this node is among its peers, and how patient it is with them.</summary>
internal sealed record PeerSettings
{
    /// <summary>What is spoken; a peer that speaks another one is refused.</summary>
    public const int Protocol = 1;

    /// <summary>This node's name.</summary>
    public required string Node { get; init; }

    /// <summary>Nodes of other clusters are refused.</summary>
    public string Cluster { get; init; } = "vmsup";

    /// <summary>Which run of this daemon it is: another one after every start.</summary>
    public required string Run { get; init; }

    /// <summary>This daemon's version.</summary>
    public string Version { get; init; } = "0.0.0";

    /// <summary>After how much silence one side asks whether the other is there; 5 s.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After how much silence the connection counts as lost; 15 s: three questions without an answer.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>From the first packet to the peer's name; 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Before the first attempt to reconnect; each further one waits twice as long. 100 ms: a daemon's restart takes that.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>No attempt waits longer; 10 s.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest message in bytes; 4 MiB: a definition is some kilobytes.</summary>
    public int LongestMessage { get; init; } = 4 << 20;

    /// <summary>Spreads the attempts of nodes that lost each other together.</summary>
    public long Seed { get; init; }
}
