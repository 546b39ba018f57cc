using System.Net;
using VmSupervisor.Migration.Connections;

namespace VmSupervisor.AspNetCore.Peers;

/// <summary>This node's place among its peers.</summary>
internal sealed record PeerOptions
{
    /// <summary>Who it is and how patient.</summary>
    public required PeerSettings Settings { get; init; }

    /// <summary>Where peers are reached, by name.</summary>
    public IReadOnlyDictionary<string, PeerAddress> Nodes { get; init; } = new Dictionary<string, PeerAddress>();

    /// <summary>Where it listens for peers with TLS; null for nowhere.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>What it proves itself with; null when it speaks with peers on its own machine only.</summary>
    public ClusterCertificates? Certificates { get; init; }
}
