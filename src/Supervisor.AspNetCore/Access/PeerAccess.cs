using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace VmSupervisor.AspNetCore.Access;

/// <summary>Knows who asks by the credentials of the process at the other end of the unix socket.</summary>
internal sealed class PeerAccess(IOptions<VmSupervisorHttpOptions> options) : IVmSupervisorAccess
{
    // The connection's features are visible through those of its requests; a socket that was opened in another way than
    // by AddVmSupervisorSocket has no peer noted yet.
    public AccessDecision Decide(HttpContext context)
    {
        if (context.Features.Get<Peer>() is not { } peer)
            peer = Peer.Of(context.Features.Get<IConnectionSocketFeature>()?.Socket, options.Value.SocketRules);
        return peer.Decision;
    }
}
