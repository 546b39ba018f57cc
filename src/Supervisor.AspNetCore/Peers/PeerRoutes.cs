using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Migration.Connections;

namespace VmSupervisor.AspNetCore.Peers;

/// <summary>
/// <c>/v1/peers/{name}</c>, where node NAME connects, and <c>/v1/peers/{name}/stream</c>, where it opens a byte stream beside
/// that connection. WebSockets, for other nodes only.
/// </summary>
internal static class PeerRoutes
{
    private static readonly TimeSpan StreamGoodbye = TimeSpan.FromSeconds(1);

    public static void Map(RouteTable routes)
    {
        routes.MapPeerSocket("/v1/peers/{name}", Connect);
        routes.MapPeerSocket("/v1/peers/{name}/stream", OpenStream);
    }

    private static Task<Answer> Connect(ApiRequest request)
    {
        var (peers, name) = Required(request);
        return Task.FromResult<Answer>(new Answer.Stream(async http =>
        {
            var socket = await http.WebSockets.AcceptWebSocketAsync();
            await peers.AcceptAsync(new WebSocketChannel(socket, request.Time), name, request.Caller.Name, request.Stopping);
        }));
    }

    private static Task<Answer> OpenStream(ApiRequest request)
    {
        var (peers, name) = Required(request);
        var (session, stream) = (request.Query("session") ?? "", request.Query("name") ?? "");
        if (peers.WhyNoStream(name, session, stream) is { } why)
            throw new AnswerException(Answer.Problem(ProblemKind.Conflict, why));
        return Task.FromResult<Answer>(new Answer.Stream(async http =>
        {
            var socket = await http.WebSockets.AcceptWebSocketAsync();
            await peers.AcceptStreamAsync(name, session, stream, WebSocketStream.Create(socket, WebSocketMessageType.Binary, StreamGoodbye));
        }));
    }

    private static (PeerTable Peers, string Name) Required(ApiRequest request)
    {
        if (request.Http.RequestServices.GetService<PeerTable>() is not { } peers)
            throw AnswerException.NotFound("this supervisor has no peers");
        if (!request.Http.WebSockets.IsWebSocketRequest)
            throw AnswerException.Invalid("a peer's connection is a WebSocket: found a plain request, allowed is an upgrade");
        return (peers, request.Route("name"));
    }
}
