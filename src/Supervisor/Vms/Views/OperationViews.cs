using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;

namespace VmSupervisor.Vms.Views;

/// <summary>Operations as they are shown.</summary>
internal static class OperationViews
{
    public static OperationView Running(VmId vm, Operation operation) =>
        new(operation.Id, vm, operation.Kind, OperationStatus.Running, operation.By, operation.At, null, null, null);

    public static OperationView Ended(VmId vm, Event.OperationEnded e)
    {
        var (status, kind) = e.Ending switch
        {
            Ending.Succeeded => (OperationStatus.Succeeded, (ProblemKind?)null),
            Ending.Failed => (OperationStatus.Failed, ProblemKind.Failed),
            Ending.TimedOut => (OperationStatus.Failed, ProblemKind.TimedOut),
            Ending.Superseded => (OperationStatus.Superseded, ProblemKind.Conflict),
            Ending.Cancelled => (OperationStatus.Cancelled, ProblemKind.Conflict),
            Ending.Refused => (OperationStatus.Refused, ProblemKind.Conflict),
            _ => throw new InvalidOperationException($"{e.Ending} is not an ending"),
        };
        return Running(vm, e.Operation) with
        {
            Status = status,
            EndedAt = e.At,
            Problem = kind is { } k ? new Problem(k, Line(vm, e.Operation.Kind, Verb(status), e.Detail)) : null,
            Note = kind is null && e.Detail.Length > 0 ? e.Detail : null,
        };
    }

    public static OperationView Refused(VmId vm, Operation operation, DateTimeOffset at, ProblemKind kind, string why) =>
        Running(vm, operation) with
        {
            Status = OperationStatus.Refused,
            EndedAt = at,
            Problem = new Problem(kind, Line(vm, operation.Kind, Verb(OperationStatus.Refused), why)),
        };

    private static string Line(VmId vm, string kind, string verb, string why) => $"vm {vm}: {kind} {verb}: {why}";

    private static string Verb(OperationStatus status) => status switch
    {
        OperationStatus.Superseded => "superseded",
        OperationStatus.Cancelled => "cancelled",
        OperationStatus.Refused => "refused",
        _ => "failed",
    };
}
