using Microsoft.Extensions.DependencyInjection;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Consoles.Monitors;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Consoles;

/// <summary>
/// <c>/v1/vms/{vm}/monitor</c>: a WebSocket. Text frames of the client are commands, of the human monitor or, with
/// <c>?language=qmp</c>, of QMP; those of the server are <see cref="Contracts.Http.MonitorNews"/>.
/// </summary>
internal static class MonitorRoutes
{
    public static void Map(RouteTable routes) => routes.MapWebSocket("/v1/vms/{vm}/monitor", AttachAsync);

    private static async Task<Answer> AttachAsync(ApiRequest request)
    {
        var vm = request.Vm();
        var language = request.Query("language") switch
        {
            null or "human" => MonitorLanguage.Human,
            "qmp" => MonitorLanguage.Qmp,
            var other => throw AnswerException.Invalid($"language: found '{other}', allowed are human, qmp"),
        };
        if (request.Http.RequestServices.GetService<VmMonitors>() is not { } monitors)
            throw new AnswerException(Answer.Problem(ProblemKind.Unavailable, "this supervisor has no monitors"));
        if (VmMonitors.WhyNot(vm) is { } why)
            throw new AnswerException(Answer.Problem(ProblemKind.Conflict, why));
        if (!request.Http.WebSockets.IsWebSocketRequest)
            throw AnswerException.Invalid("a monitor is a WebSocket: found a plain request, allowed is an upgrade");
        await request.Access.NoteChangeAsync(request.Identity, vm.Id, "monitor-attached", $"the {(language == MonitorLanguage.Qmp ? "qmp" : "human")} monitor: what is done there is not written down");
        return new Answer.Stream(
            _ => ServedSocket.ServeAsync(request, () => new MonitorService(monitors.Attach(vm, request.Caller, language))));
    }
}
