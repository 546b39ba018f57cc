using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using VmSupervisor.AspNetCore.Access;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Consoles;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Consoles;

/// <summary>
/// <c>/v1/vms/{vm}/console</c>: a WebSocket. Binary frames are bytes of the serial port, in both directions; text frames,
/// which only the server sends, are <see cref="Contracts.Http.ConsoleNews"/>.
/// </summary>
internal static class ConsoleRoutes
{
    /// <summary>What is sent of what was printed before, unless told.</summary>
    private const long DefaultHistory = 16 * 1024;

    public static void Map(RouteTable routes) => routes.MapWebSocket("/v1/vms/{vm}/console", AttachAsync);

    private static Task<Answer> AttachAsync(ApiRequest request)
    {
        var vm = request.Vm();
        var wish = new ConsoleWish(Access(request), History(request), Flag(request, "follow")) { After = After(request) };
        if (wish.Access != ConsoleAccess.Read && !request.Identity.Grants.Any(grant => grant.Role >= RoleTable.ConsoleWriter && grant.Covers(vm.Id)))
            throw request.Refused(vm.Id.ToString(), "console", "not allowed: to type needs the role operator; ?access=read (vmsup console --read-only) shows what is printed");
        if (request.Http.RequestServices.GetService<VmConsoles>() is not { } consoles)
            throw new AnswerException(Answer.Problem(ProblemKind.Unavailable, "this supervisor has no consoles"));
        if (VmConsoles.WhyNot(vm, wish) is { } why)
            throw new AnswerException(Answer.Problem(ProblemKind.Conflict, why));
        if (!request.Http.WebSockets.IsWebSocketRequest)
            throw AnswerException.Invalid("a console is a WebSocket: found a plain request, allowed is an upgrade");
        return Task.FromResult<Answer>(new Answer.Stream(
            _ => ServedSocket.ServeAsync(request, () => new ConsoleService(consoles.Attach(vm, request.Caller, wish)))));
    }

    private static ConsoleAccess Access(ApiRequest request) => request.Query("access") switch
    {
        null or "write" => ConsoleAccess.Write,
        "read" => ConsoleAccess.Read,
        "force" => ConsoleAccess.Force,
        var other => throw AnswerException.Invalid($"access: found '{other}', allowed are read, write, force"),
    };

    private static bool Flag(ApiRequest request, string name) => request.Query(name) switch
    {
        null or "false" => false,
        "true" => true,
        var other => throw AnswerException.Invalid($"{name}: found '{other}', allowed are true, false"),
    };

    private static long History(ApiRequest request) => Number(request, "history") ?? DefaultHistory;

    private static (Incarnation, LogPlace)? After(ApiRequest request) => (Number(request, "incarnation"), request.Query("after")) switch
    {
        (null, null) => null,
        ({ } incarnation, { } text) when LogPlace.TryParse(text, out var place) => (new Incarnation(incarnation), place),
        _ => throw AnswerException.Invalid("after: allowed is a place (FILE:OFFSET) together with the incarnation that it is in"),
    };

    private static long? Number(ApiRequest request, string name) => request.Query(name) switch
    {
        null => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        var text => throw AnswerException.Invalid($"{name}: found '{text}', allowed is a number from 0"),
    };
}
