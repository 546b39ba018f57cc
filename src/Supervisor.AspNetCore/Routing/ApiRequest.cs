using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using VmSupervisor.AspNetCore.Access;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Text;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Vms;

namespace VmSupervisor.AspNetCore.Routing;

/// <summary>A request of somebody who may make it, and what its handler needs.</summary>
internal sealed class ApiRequest(
    HttpContext http, IVmSupervisor supervisor, Identity identity, IAccess access, VmSupervisorHttpOptions options, TimeProvider time, CancellationToken stopping)
{
    /// <summary>The longest wait; longer ones are a mistake in the unit.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromDays(1);

    public HttpContext Http { get; } = http;

    public IVmSupervisor Supervisor { get; } = supervisor;

    public Identity Identity { get; } = identity;

    public Caller Caller => Identity.Caller;

    public IAccess Access { get; } = access;

    public VmSupervisorHttpOptions Options { get; } = options;

    public TimeProvider Time { get; } = time;

    /// <summary>The host begins to stop, or the caller may do nothing any more: whoever waits is answered now.</summary>
    public CancellationToken Stopping { get; } = stopping;

    /// <summary>The client went away.</summary>
    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>A part of the address.</summary>
    public string Route(string name) => Http.GetRouteValue(name) as string ?? "";

    /// <summary>A parameter of the query; null when it is not there.</summary>
    public string? Query(string name) => Http.Request.Query[name] switch
    {
        [] => null,
        [{ } value] => value,
        _ => throw AnswerException.Invalid($"{name}: found several, allowed is one"),
    };

    /// <summary>A yes or no of the query; no when it is not there.</summary>
    public bool QueryFlag(string name) => Query(name) switch
    {
        null or "false" => false,
        "true" => true,
        var text => throw AnswerException.Invalid($"{name}: found '{text}', allowed are true, false"),
    };

    /// <summary>A duration of the query; null when it is not there.</summary>
    public TimeSpan? QueryDuration(string name)
    {
        if (Query(name) is not { } text)
            return null;
        return Duration.TryParse(text, out var duration) && duration <= MaxWait
            ? duration
            : throw AnswerException.Invalid($"{name}: found '{text}', allowed is {Duration.Allowed}, at most 24h");
    }

    /// <summary>A header that may appear once; null when it is not there.</summary>
    public string? Header(string name) => Http.Request.Headers[name] switch
    {
        [] => null,
        [{ } value] => value,
        _ => throw AnswerException.Invalid($"{name}: found several, allowed is one"),
    };

    /// <summary>The operation id that the client chose; null when it chose none.</summary>
    public OperationId? IdempotencyKey() => Header(Api.IdempotencyKey) switch
    {
        null => null,
        var text when OperationId.TryParse(text, out var id) => id,
        var text => throw AnswerException.Invalid(
            $"{Api.IdempotencyKey}: found '{text}', allowed are 1 to {OperationId.MaxLength} letters, digits and . _ : -"),
    };

    /// <summary>Refuses unless the caller may give a command to a VM.</summary>
    public void Demand(VmId vm, VmCommand command)
    {
        if (Access.WhyNot(Identity, vm, command) is { } why)
            throw Refused(vm.ToString(), command.Kind, why);
    }

    /// <summary>Notes that something was refused, and answers so.</summary>
    public AnswerException Refused(string? vm, string what, string why)
    {
        Access.NoteRefusal(Identity, vm, what, why);
        return new AnswerException(Answer.Problem(ProblemKind.Forbidden, why));
    }

    /// <summary>The VM that the address names.</summary>
    public VmView Vm()
    {
        var idOrName = Route("vm");
        return Supervisor.Find(idOrName) ?? throw NoSuchVm(idOrName);
    }

    public static AnswerException NoSuchVm(string idOrName) => AnswerException.NotFound($"vm {idOrName} is not defined on this node");

    /// <summary>Waits at most so long, or until the host stops; false when it did not end by then.</summary>
    public async Task<(bool Ended, T? Result)> WithinAsync<T>(TimeSpan limit, Func<CancellationToken, Task<T>> wait)
    {
        using var timeout = new CancellationTokenSource(limit, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, Aborted, Stopping);
        try
        {
            return (true, await wait(either.Token));
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested && !Aborted.IsCancellationRequested)
        {
            return (false, default);
        }
    }
}
