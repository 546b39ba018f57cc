using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using VmSupervisor.AspNetCore.Access;

namespace VmSupervisor.AspNetCore.Peers;

/// <summary>
/// The address on which peers connect with TLS. Who has no certificate of the cluster's CA gets no further than the
/// handshake; who has one gets to <c>/v1/peers</c> and nowhere else.
/// </summary>
internal sealed class PeerListener(ClusterCertificates certificates, TimeSpan handshakeTimeout, ILogger<PeerListener> logger)
    : TlsListener("peers", handshakeTimeout, logger)
{
    private static readonly AccessDecision.Denied PeersOnly =
        new("not allowed: this address is for other nodes (/v1/peers); the API is on the unix socket and at vmsup.http.listen");

    protected override SslServerAuthenticationOptions Handshake(Action<string?, string?> judged) => certificates.ForPeers(judged);

    protected override void Admit(ConnectionContext connection, IDisposable entered, string? name)
    {
        var from = $"{connection.RemoteEndPoint}";
        connection.Features.Set(new TlsPeer(name!, from));
        connection.Features.Set(new Peer(PeersOnly with { By = $"the certificate of node '{name}' from {from}", Key = $"node {name}" }));
    }
}
