using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using VmSupervisor.AspNetCore.Access.Tokens;
using VmSupervisor.AspNetCore.Clients;

namespace VmSupervisor.AspNetCore.Access;

/// <summary>
/// Knows who asks: on the unix socket by the credentials of the process at its other end, on the clients' address by a token
/// or a certificate.
/// </summary>
internal sealed class PeerAccess(IOptions<VmSupervisorHttpOptions> options, TokenStore? tokens = null) : IVmSupervisorAccess
{
    // The connection's features are visible through those of its requests; a socket that was opened in another way than
    // by AddVmSupervisorSocket has no peer noted yet.
    public AccessDecision Decide(HttpContext context)
    {
        if (context.Features.Get<TlsClient>() is { } client)
            return TlsClientPolicy.Decide(context, client, tokens, options.Value.Access.Rules);
        if (context.Features.Get<Peer>() is not { } peer)
            peer = Peer.Of(context.Features.Get<IConnectionSocketFeature>()?.Socket, options.Value.SocketRules);

        // Whoever passes on what others ask would have it done in their own name, whatever the token says.
        return context.Request.Headers.Authorization.Count > 0 && peer.Decision is AccessDecision.Allowed allowed
            ? new AccessDecision.Denied("not allowed: on the unix socket your user says who you are, and a token (Authorization) says otherwise; tokens are for vmsup.http.listen")
            {
                By = allowed.Caller.Name,
                Key = allowed.Identity.Key,
            }
            : peer.Decision;
    }
}
