using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Text;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Doctor;
using VmSupervisor.Vms.Journal;

namespace VmSupervisor.AspNetCore.Nodes;

/// <summary><c>/v1/node</c> and what is wrong with it, <c>/healthz</c> (the process answers) and <c>/readyz</c> (all VMs are recovered).</summary>
internal static class NodeRoutes
{
    public static void Map(RouteTable routes)
    {
        routes.Map("/v1/node", new Method(HttpMethods.Get, request => Task.FromResult(Answer.Ok(NodeFor(request)))));
        routes.Map("/v1/node/history", new Method(HttpMethods.Get, HistoryAsync));
        routes.Map("/v1/node/doctor", new Method(HttpMethods.Get, DoctorAsync));
        routes.Map("/v1/node/shutdown", new Method(HttpMethods.Post, ShutDownAsync));
        routes.MapOpen("/healthz", static _ => Task.FromResult<Answer>(new Answer.Line(StatusCodes.Status200OK, "ok")));
        routes.MapOpen("/readyz", Ready);
    }

    // What needs a person may name any VM.
    private static NodeView NodeFor(ApiRequest request)
    {
        var node = request.Supervisor.Node;
        return request.Identity.SeesAll
            ? node
            : node with { Vms = request.Supervisor.List().Count(vm => request.Identity.Sees(vm.Id)), Problems = [] };
    }

    private static async Task<Answer> HistoryAsync(ApiRequest request)
    {
        var trail = request.Http.RequestServices.GetService<IAuditTrail>() ?? throw AnswerException.NotFound("this node has no history of its own");
        return Answer.Ok(await trail.OfNodeAsync(request.Aborted));
    }

    private static async Task<Answer> DoctorAsync(ApiRequest request)
    {
        // A host that brings a supervisor of its own need not have a doctor.
        var doctor = request.Http.RequestServices.GetService<INodeDoctor>() ?? throw AnswerException.NotFound("this node cannot examine itself");
        return Answer.Ok(await doctor.ExamineAsync(request.Aborted));
    }

    // It goes on when the client goes away, as everything that was accepted.
    private static async Task<Answer> ShutDownAsync(ApiRequest request)
    {
        var limit = request.QueryDuration("timeout") ?? Api.NodeShutdownTimeout;
        await request.Access.NoteChangeAsync(request.Identity, null, "node-shutdown", $"all guests are to end within {Duration.Format(limit)}");
        return Answer.Ok(await request.Supervisor.ShutDownNodeAsync(limit, request.Caller, request.Aborted));
    }

    private static Task<Answer> Ready(ApiRequest request) => Task.FromResult<Answer>(request.Stopping.IsCancellationRequested
        ? new Answer.Line(StatusCodes.Status503ServiceUnavailable, "stopping")
        : request.Supervisor.Node.Ready
            ? new Answer.Line(StatusCodes.Status200OK, "ready")
            : new Answer.Line(StatusCodes.Status503ServiceUnavailable, "recovering"));
}
