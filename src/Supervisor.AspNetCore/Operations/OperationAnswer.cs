using Microsoft.AspNetCore.Http;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Operations;

/// <summary>From a command to the answer that fits what became of it.</summary>
internal static class OperationAnswer
{
    /// <summary>Submits, waits as long as the query says, answers 200, 202 or the problem.</summary>
    public static async Task<Answer> SubmitAsync(ApiRequest request, VmId vm, VmCommand command, OperationId? key)
    {
        request.Demand(vm, command);
        var wait = request.QueryDuration("wait");
        var id = key ?? OperationId.Parse(Guid.CreateVersion7(request.Time.GetUtcNow()).ToString());

        // The client's going away does not take the command back: once it was sent it may be accepted at any moment.
        var operation = await request.Supervisor.SubmitAsync(vm, command, id, request.Caller, CancellationToken.None);
        if (!operation.Ended && wait is { } limit)
            operation = await WaitAsync(request, id, limit) ?? operation;
        return Of(request, operation);
    }

    /// <summary>Waits for an operation's end; what is known of it when the time is over; null when there is none.</summary>
    public static async Task<OperationView?> WaitAsync(ApiRequest request, OperationId id, TimeSpan limit)
    {
        var (ended, operation) = await request.WithinAsync(limit, cancellation => request.Supervisor.WaitForEndAsync(id, cancellation));
        return ended ? operation : await request.Supervisor.FindOperationAsync(id, request.Aborted);
    }

    private static Answer Of(ApiRequest request, OperationView operation) => operation.Status switch
    {
        OperationStatus.Running => new Answer.Json(
            StatusCodes.Status202Accepted, operation, typeof(OperationView), $"{request.Http.Request.PathBase}/v1/operations/{operation.Id}"),
        OperationStatus.Succeeded => Answer.Ok(operation),
        OperationStatus.Failed => Problem(operation, ProblemKind.Failed),
        OperationStatus.Refused or OperationStatus.Superseded or OperationStatus.Cancelled => Problem(operation, ProblemKind.Conflict),
        _ => throw new InvalidOperationException($"operation {operation.Id}: {operation.Status} is not a status"),
    };

    // "Failed" says that it was tried; of an operation that was not, or not to its end, it says nothing more than the
    // status does.
    private static Answer Problem(OperationView operation, ProblemKind usual) => operation.Problem switch
    {
        null => Answer.Problem(usual, $"vm {operation.Vm}: {operation.Kind} was {operation.Status.ToString().ToLowerInvariant()}", operation),
        { Kind: ProblemKind.Failed } problem => Answer.Problem(usual, problem.Detail, operation),
        var problem => Answer.Problem(problem.Kind, problem.Detail, operation),
    };
}
