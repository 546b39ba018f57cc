using Microsoft.AspNetCore.Http;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Operations;

/// <summary>From a command to the answer that fits what became of it.</summary>
internal static class OperationAnswer
{
    /// <summary>Submits, waits as long as the query says, answers 200, 202 or the problem.</summary>
    public static async Task<Answer> SubmitAsync(ApiRequest request, VmId vm, VmCommand command, OperationId? key)
    {
        var wait = request.QueryDuration("wait");
        var id = key ?? NewId(request);
        var operation = await GiveAsync(request, vm, command, id);
        if (!operation.Ended && wait is { } limit)
            operation = await WaitAsync(request, id, limit) ?? operation;
        return Of(request, operation);
    }

    /// <summary>An id for a request that has none.</summary>
    public static OperationId NewId(ApiRequest request) => OperationId.Parse(Guid.CreateVersion7(request.Time.GetUtcNow()).ToString());

    /// <summary>Gives a command for this caller; returns when it is accepted, refused or known to have ended.</summary>
    /// <remarks>The client's going away does not take the command back: once it was sent it may be accepted at any moment.</remarks>
    /// <exception cref="AnswerException">The caller may not give it.</exception>
    public static Task<OperationView> GiveAsync(ApiRequest request, VmId vm, VmCommand command, OperationId id)
    {
        request.Demand(vm, command);
        return request.Supervisor.SubmitAsync(vm, command, id, request.Caller, CancellationToken.None);
    }

    /// <summary>Waits for an operation's end; what is known of it when the time is over; null when there is none.</summary>
    public static async Task<OperationView?> WaitAsync(ApiRequest request, OperationId id, TimeSpan limit)
    {
        var (ended, operation) = await request.WithinAsync(limit, cancellation => request.Supervisor.WaitForEndAsync(id, cancellation));
        return ended ? operation : await request.Supervisor.FindOperationAsync(id, request.Aborted);
    }

    /// <summary>What to answer with for an operation that did not end well; null when it did, or runs.</summary>
    public static ProblemDocument? ProblemOf(ApiRequest request, OperationView operation) => operation.Status switch
    {
        OperationStatus.Running or OperationStatus.Succeeded => null,
        OperationStatus.Failed => ProblemOf(operation, ProblemKind.Failed),
        OperationStatus.Refused => ProblemOf(operation, ProblemKind.Conflict) with { Home = HomeOf(request, operation) },
        OperationStatus.Superseded or OperationStatus.Cancelled => ProblemOf(operation, ProblemKind.Conflict),
        _ => throw new InvalidOperationException($"operation {operation.Id}: {operation.Status} is not a status"),
    };

    // Where the VM lives that was moved, for programs; the refusal has it in words. Only in what was refused since it moved: what
    // was refused before that was refused for good, and no other node is to be asked.
    private static string? HomeOf(ApiRequest request, OperationView refused) =>
        request.Supervisor.Find(refused.Vm.ToString()) is { Home: { } home } view && (refused.EndedAt ?? refused.RequestedAt) >= view.Since ? home : null;

    private static Answer Of(ApiRequest request, OperationView operation) =>
        ProblemOf(request, operation) is { } problem ? new Answer.Failure(problem)
        : operation.Ended ? Answer.Ok(operation)
        : new Answer.Json(StatusCodes.Status202Accepted, operation, typeof(OperationView), $"{request.Http.Request.PathBase}/v1/operations/{operation.Id}");

    // "Failed" says that it was tried; of an operation that was not, or not to its end, it says nothing more than the
    // status does.
    private static ProblemDocument ProblemOf(OperationView operation, ProblemKind usual) => operation.Problem switch
    {
        null => Document(usual, $"vm {operation.Vm}: {operation.Kind} was {operation.Status.ToString().ToLowerInvariant()}", operation),
        { Kind: ProblemKind.Failed } problem => Document(usual, problem.Detail, operation),
        var problem => Document(problem.Kind, problem.Detail, operation),
    };

    private static ProblemDocument Document(ProblemKind kind, string detail, OperationView operation) =>
        ProblemDocument.Of(new Problem(kind, detail), operation);
}
