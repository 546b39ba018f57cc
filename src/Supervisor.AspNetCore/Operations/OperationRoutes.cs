using Microsoft.AspNetCore.Http;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Operations;

/// <summary><c>/v1/operations</c> and below.</summary>
internal static class OperationRoutes
{
    public static void Map(RouteTable routes)
    {
        routes.Map("/v1/operations", new Method(HttpMethods.Get, List));
        routes.Map("/v1/operations/{operation}", new Method(HttpMethods.Get, ShowAsync));
    }

    private static Task<Answer> List(ApiRequest request) => Task.FromResult(Answer.Ok(request.Supervisor.Operations()));

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

        return Answer.Ok(operation ?? throw AnswerException.NotFound($"operation {text}: is not known; results are kept for 24 hours"));
    }
}
