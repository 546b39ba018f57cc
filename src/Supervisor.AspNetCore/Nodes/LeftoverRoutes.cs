using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Doctor;

namespace VmSupervisor.AspNetCore.Nodes;

/// <summary><c>GET /v1/node/leftovers</c> shows what no VM accounts for, <c>POST /v1/node/leftovers/remove</c> removes what was seen there.</summary>
internal static class LeftoverRoutes
{
    public static void Map(RouteTable routes)
    {
        routes.Map("/v1/node/leftovers", new Method(HttpMethods.Get, request => Task.FromResult(Answer.Ok(Of(request).Find()))));
        routes.Map("/v1/node/leftovers/remove", new Method(HttpMethods.Post, RemoveAsync));
    }

    // It goes on when the client goes away: half of a removal is no better than the whole.
    private static async Task<Answer> RemoveAsync(ApiRequest request)
    {
        var wish = RequestBody.Read<LeftoverRequest>(await RequestBody.ReadAsync(request));
        return Answer.Ok(await Of(request).RemoveAsync([.. wish.Ids], request.Caller, request.Stopping));
    }

    private static INodeLeftovers Of(ApiRequest request) =>
        request.Http.RequestServices.GetService<INodeLeftovers>() ?? throw AnswerException.NotFound("this node does not look for leftovers");
}
