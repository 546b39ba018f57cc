using Microsoft.AspNetCore.Http;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Operations;

/// <summary><c>/v1/operations</c> and below.</summary>
internal static class OperationRoutes
{
    public static void Map(RouteTable routes)
    {
        routes.Map("/v1/operations", new Method(HttpMethods.Get, List));
        routes.Map("/v1/operations/{operation}", new Method(HttpMethods.Get, ShowAsync));
        routes.Map("/v1/operations/{operation}/cancel", new Method(HttpMethods.Post, CancelAsync));
    }

    private static Task<Answer> List(ApiRequest request) => Task.FromResult(Answer.Ok<IReadOnlyList<OperationView>>(
        [.. request.Supervisor.Operations().Where(operation => request.Identity.Sees(operation.Vm))]));

    // To cancel is an operation of the same VM, and is answered as all are.
    private static async Task<Answer> CancelAsync(ApiRequest request)
    {
        var text = request.Route("operation");
        var target = OperationId.TryParse(text, out var id) ? await request.Supervisor.FindOperationAsync(id, request.Aborted) : null;
        if (target is null || !request.Identity.Sees(target.Vm))
            throw Unknown(text);
        return await OperationAnswer.SubmitAsync(request, target.Vm, new VmCommand.Cancel(id), request.IdempotencyKey());
    }

    public static AnswerException Unknown(string operation) =>
        AnswerException.NotFound($"operation {operation}: is not known; results are kept for 24 hours");

    // The operation itself is the answer, however it ended: asking about a failure is not a failure.
    private static async Task<Answer> ShowAsync(ApiRequest request)
    {
        var wait = request.QueryDuration("wait");
        var text = request.Route("operation");
        OperationView? operation = null;
        if (OperationId.TryParse(text, out var id))
        {
            operation = wait is { } limit
                ? await OperationAnswer.WaitAsync(request, id, limit)
                : await request.Supervisor.FindOperationAsync(id, request.Aborted);
        }

        return Answer.Ok(operation is not null && request.Identity.Sees(operation.Vm) ? operation : throw Unknown(text));
    }
}
