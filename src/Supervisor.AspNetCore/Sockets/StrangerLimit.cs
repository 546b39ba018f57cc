using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Options;
using VmSupervisor.AspNetCore.Access;

namespace VmSupervisor.AspNetCore.Sockets;

/// <summary>
/// Anybody may connect, so that who is not allowed is told so. But strangers together hold few connections: without a
/// limit one of them could use up the supervisor's file descriptors, and with them every VM's.
/// </summary>
internal sealed class StrangerLimit(IOptions<VmSupervisorHttpOptions> options)
{
    /// <summary>How many connections strangers hold together: each is answered in milliseconds and closed.</summary>
    public const int Connections = 16;

    private int strangers;

    public ConnectionDelegate Middleware(ConnectionDelegate next) => async connection =>
    {
        var peer = Peer.Of(connection.Features.Get<IConnectionSocketFeature>()?.Socket, options.Value.SocketRules);
        connection.Features.Set(peer);
        if (peer.Decision is AccessDecision.Allowed)
        {
            await next(connection);
            return;
        }

        try
        {
            if (Interlocked.Increment(ref strangers) <= Connections)
                await next(connection);
            else
                connection.Abort(new ConnectionAbortedException("too many connections of processes that are not allowed"));
        }
        finally
        {
            Interlocked.Decrement(ref strangers);
        }
    };
}
