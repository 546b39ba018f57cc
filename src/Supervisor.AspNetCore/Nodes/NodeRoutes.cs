using Microsoft.AspNetCore.Http;
using VmSupervisor.AspNetCore.Routing;

namespace VmSupervisor.AspNetCore.Nodes;

/// <summary><c>/v1/node</c>, <c>/healthz</c> (the process answers) and <c>/readyz</c> (all VMs are recovered).</summary>
internal static class NodeRoutes
{
    public static void Map(RouteTable routes)
    {
        routes.Map("/v1/node", new Method(HttpMethods.Get, request => Task.FromResult(Answer.Ok(request.Supervisor.Node))));
        routes.MapOpen("/healthz", static _ => Task.FromResult<Answer>(new Answer.Line(StatusCodes.Status200OK, "ok")));
        routes.MapOpen("/readyz", Ready);
    }

    private static Task<Answer> Ready(ApiRequest request) => Task.FromResult<Answer>(request.Stopping.IsCancellationRequested
        ? new Answer.Line(StatusCodes.Status503ServiceUnavailable, "stopping")
        : request.Supervisor.Node.Ready
            ? new Answer.Line(StatusCodes.Status200OK, "ready")
            : new Answer.Line(StatusCodes.Status503ServiceUnavailable, "recovering"));
}
