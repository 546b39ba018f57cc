using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Migration;
using VmSupervisor.Migration.Connections;

namespace VmSupervisor.AspNetCore.Nodes;

/// <summary><c>GET /v1/nodes</c> and <c>/v1/nodes/{name}</c> show the peers, <c>POST /v1/nodes/{name}/ping</c> asks one.</summary>
internal static class PeerViewRoutes
{
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(5);

    public static void Map(RouteTable routes)
    {
        routes.Map("/v1/nodes", new Method(HttpMethods.Get, request => Task.FromResult(
            Answer.Ok<IReadOnlyList<PeerView>>([.. All(request).Select(ViewOf)]))));
        routes.Map("/v1/nodes/{name}", new Method(HttpMethods.Get, request => Task.FromResult(Answer.Ok(ViewOf(Named(request))))));
        routes.Map("/v1/nodes/{name}/ping", new Method(HttpMethods.Post, PingAsync));
    }

    private static async Task<Answer> PingAsync(ApiRequest request)
    {
        var peer = Named(request);
        var table = request.Http.RequestServices.GetRequiredService<PeerTable>();
        try
        {
            var (link, roundTrip) = await table.PingAsync(peer.Name, PingTimeout, request.Aborted);
            return Answer.Ok(new PingView(peer.Name, peer.Address, link.Session.Run, roundTrip.TotalMilliseconds));
        }
        catch (PeerException e)
        {
            return Answer.Problem(ProblemKind.Failed, $"node {peer.Name} ({peer.Address}) cannot be reached: {e.Message}");
        }
    }

    private static IEnumerable<Peer> All(ApiRequest request) =>
        request.Http.RequestServices.GetService<PeerTable>() is { } table ? table.All.Select(peer => table.Known(peer.Name)!) : [];

    private static Peer Named(ApiRequest request)
    {
        var name = request.Route("name");
        var own = request.Supervisor.Node.Name;
        if (name == own)
            throw AnswerException.NotFound($"{own} is this node itself: GET /v1/node (vmsup node show)");
        return All(request).FirstOrDefault(peer => peer.Name == name)
            ?? throw AnswerException.NotFound($"{own} knows no node {name}; it is told its peers by nodes.NAME in its configuration");
    }

    private static PeerView ViewOf(Peer peer)
    {
        var status = peer.Status;
        var known = status.Dialed ?? status.Accepted;
        return new PeerView(
            peer.Name, peer.Address, status.Dialed is not null ? PeerState.Connected : PeerState.Disconnected, status.Since,
            known?.Version, known?.Run, status.RoundTrip?.TotalMilliseconds, status.Accepted?.Since, status.LastError, status.LastErrorAt);
    }
}
