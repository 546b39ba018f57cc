using Microsoft.AspNetCore.Http;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Vms;

/// <summary><c>/v1/vms</c> and below.</summary>
internal static class VmRoutes
{
    public static void Map(RouteTable routes)
    {
        routes.Map("/v1/vms", new Method(HttpMethods.Get, List));
        routes.Map(
            "/v1/vms/{vm}",
            new Method(HttpMethods.Get, Show),
            new Method(HttpMethods.Put, DefineHandler.HandleAsync),
            new Method(HttpMethods.Delete, CommandHandler.UndefineAsync));
        routes.Map("/v1/vms/{vm}/definition", new Method(HttpMethods.Get, Definition));
        routes.Map("/v1/vms/{vm}/diff", new Method(HttpMethods.Get, Diff));
        routes.Map("/v1/vms/{vm}/history", new Method(HttpMethods.Get, HistoryAsync));
        routes.Map("/v1/vms/{vm}/wait", new Method(HttpMethods.Get, WaitHandler.HandleAsync));
        foreach (var (name, read) in CommandBodies.ByName)
            routes.Map($"/v1/vms/{{vm}}/{name}", new Method(HttpMethods.Post, request => CommandHandler.HandleAsync(request, read)));
    }

    private static Task<Answer> List(ApiRequest request) => Task.FromResult(Answer.Ok<IReadOnlyList<VmView>>(
        [.. request.Supervisor.List().Where(vm => request.Identity.Sees(vm.Id))]));

    private static Task<Answer> Show(ApiRequest request) => Task.FromResult(Answer.Ok(request.Vm()));

    private static Task<Answer> Definition(ApiRequest request)
    {
        var vm = request.Vm();

        // It may have been undefined between the two looks.
        var definition = request.Supervisor.FindDefinition(vm.Id) ?? throw ApiRequest.NoSuchVm(request.Route("vm"));
        return Task.FromResult(Answer.Ok(definition));
    }

    /// <summary>What the next start takes that the life which runs has not; empty when none runs.</summary>
    private static Task<Answer> Diff(ApiRequest request)
    {
        var vm = request.Vm();
        var next = request.Supervisor.FindDefinition(vm.Id) ?? throw ApiRequest.NoSuchVm(request.Route("vm"));
        var running = request.Supervisor.FindRunningDefinition(vm.Id) ?? next;
        return Task.FromResult(Answer.Ok(DefinitionDiff.Between(running, next)));
    }

    private static async Task<Answer> HistoryAsync(ApiRequest request)
    {
        var idOrName = request.Route("vm");
        var known = request.Supervisor.Find(idOrName);

        // What is not defined any more still has its history, by number.
        if (known is null && !VmId.TryParse(idOrName, out _))
            throw ApiRequest.NoSuchVm(idOrName);
        var id = known?.Id ?? (VmId.TryParse(idOrName, out var number) ? number : default);
        var history = await request.Supervisor.HistoryAsync(id, request.Aborted);
        if (known is null && history.Count == 0)
            throw ApiRequest.NoSuchVm(idOrName);
        return Answer.Ok<IReadOnlyList<HistoryEntry>>(history);
    }
}
