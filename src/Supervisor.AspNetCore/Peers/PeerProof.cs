using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using VmSupervisor.AspNetCore.Access;
using VmSupervisor.Contracts;

namespace VmSupervisor.AspNetCore.Peers;

/// <summary>What the certificate of a connection on the peers' address has proved.</summary>
/// <param name="Node">The node.</param>
/// <param name="From">Its address.</param>
internal sealed record TlsPeer(string Node, string From);

/// <summary>Who may speak as node NAME: with TLS who has its certificate, on the unix socket root and the daemon's own user.</summary>
internal static class PeerProof
{
    public static AccessDecision Decide(HttpContext http)
    {
        var claimed = http.Request.RouteValues["name"] as string;
        if (http.Features.Get<TlsPeer>() is { } tls)
        {
            return tls.Node == claimed
                ? new AccessDecision.Allowed(Identity.Admin(new Caller(tls.From)))
                : new AccessDecision.Denied($"not allowed: found the certificate of node '{tls.Node}', which may not connect as '{claimed}'")
                {
                    By = $"the certificate of node '{tls.Node}' from {tls.From}",
                    Key = tls.Node,
                };
        }

        // Not the operators' group: it may command VMs, not pretend to be another node.
        return Peer.Of(http.Features.Get<IConnectionSocketFeature>()?.Socket, rules: []).Decision switch
        {
            AccessDecision.Denied denied => denied with { Reason = $"not allowed to connect as a node: {denied.Reason}" },
            AccessDecision.Allowed allowed => new AccessDecision.Allowed(Identity.Admin(new Caller($"the unix socket ({allowed.Caller.Name})"))),
            var other => other,
        };
    }
}
