using Microsoft.AspNetCore.Http;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts.Remoting;

namespace VmSupervisor.AspNetCore.Remoting;

/// <summary><c>/v1/remoting</c>: JSON-RPC 2.0 over a WebSocket, for the API tier.</summary>
internal static class RemotingRoutes
{
    public static void Map(RouteTable routes) => routes.MapWebSocket(RemotingProtocol.Path, Connect);

    private static Task<Answer> Connect(ApiRequest request)
    {
        if (!request.Http.WebSockets.IsWebSocketRequest)
            throw AnswerException.Invalid("remoting is a WebSocket: found a plain request, allowed is an upgrade");
        return Task.FromResult<Answer>(new Answer.Stream(async _ =>
        {
            var keepAlive = request.Options.Remoting.KeepAlive;
            using var socket = await request.Http.WebSockets.AcceptWebSocketAsync(
                new WebSocketAcceptContext { KeepAliveInterval = keepAlive, KeepAliveTimeout = keepAlive });
            await new RemotingConnection(request, socket).ServeAsync();
        }));
    }
}
