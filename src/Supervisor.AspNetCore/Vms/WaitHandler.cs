using Microsoft.AspNetCore.Http;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Text;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Vms;

/// <summary><c>GET /v1/vms/{vm}/wait?state=Running&amp;timeout=30s</c>: answers when the VM is in a state.</summary>
internal static class WaitHandler
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    public static async Task<Answer> HandleAsync(ApiRequest request)
    {
        var idOrName = request.Route("vm");
        var state = State(request);
        var timeout = request.QueryDuration("timeout") ?? DefaultTimeout;
        var known = request.Supervisor.Find(idOrName);
        if (known is null)
        {
            // Whoever waits for a VM that nobody defined most likely mistyped it.
            return state == Api.Undefined ? new Answer.Empty(StatusCodes.Status204NoContent) : throw ApiRequest.NoSuchVm(idOrName);
        }

        // A VM that is undefined meanwhile will not get into any other state.
        var (ended, view) = await request.WithinAsync(
            timeout, cancellation => request.Supervisor.WaitForViewAsync(known.Id, seen => seen is null || seen.State == state, cancellation));
        if (!ended)
            return NotInTime(request, known.Id, idOrName, state, timeout);
        if (view is not null)
            return Answer.Ok(view);
        return state == Api.Undefined
            ? new Answer.Empty(StatusCodes.Status204NoContent)
            : throw AnswerException.NotFound($"vm {idOrName} was undefined while waiting for {state}");
    }

    private static string State(ApiRequest request)
    {
        var wanted = request.Query("state");
        var allowed = Api.States.Append(Api.Undefined);
        if (allowed.FirstOrDefault(state => string.Equals(state, wanted, StringComparison.OrdinalIgnoreCase)) is { } state)
            return state;
        var found = wanted is null ? "nothing" : $"'{wanted}'";
        throw AnswerException.Invalid($"state: found {found}, allowed: {string.Join(", ", allowed)}");
    }

    private static Answer NotInTime(ApiRequest request, VmId id, string idOrName, string state, TimeSpan timeout)
    {
        if (request.Stopping.IsCancellationRequested)
            return Answer.Problem(ProblemKind.Unavailable, $"vm {idOrName}: the supervisor is stopping; ask again when it is back");
        var now = request.Supervisor.Find(id.ToString())?.State ?? Api.Undefined;
        return Answer.Problem(ProblemKind.TimedOut, $"vm {idOrName} is not {state} after {Duration.Format(timeout)}, it is {now}");
    }
}
