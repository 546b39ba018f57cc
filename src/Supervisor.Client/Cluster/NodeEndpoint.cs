using System.Net.Security;

namespace VmSupervisor.Client.Cluster;

/// <summary>Where a node is, and how to prove there who asks.</summary>
public abstract record NodeEndpoint
{
    private NodeEndpoint() { }

    /// <summary>The daemon's socket on this machine; the kernel tells it who asks.</summary>
    /// <param name="Path">The file, absolute.</param>
    public sealed record Unix(string Path) : NodeEndpoint
    {
        /// <inheritdoc/>
        public override string ToString() => $"unix:{Path}";
    }

    /// <summary>An address with TLS.</summary>
    /// <param name="Address">Such as <c>https://10.0.0.1:8007</c>.</param>
    public sealed record Https(Uri Address) : NodeEndpoint
    {
        /// <summary>
        /// Gives the bearer token, before every connection, so that one that has expired can be replaced; null for none.
        /// </summary>
        public Func<CancellationToken, ValueTask<string>>? Token { get; init; }

        /// <summary>
        /// Sets what TLS needs, such as the client's certificate and the CA of the cluster, once; null for the system's trusted
        /// roots and no certificate.
        /// </summary>
        public Action<SslClientAuthenticationOptions>? Tls { get; init; }

        /// <inheritdoc/>
        public override string ToString() => Address.ToString();
    }
}
