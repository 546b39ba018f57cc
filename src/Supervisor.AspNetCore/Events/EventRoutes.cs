using System.Globalization;
using Microsoft.AspNetCore.Http;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts.Http;

namespace VmSupervisor.AspNetCore.Events;

/// <summary><c>/v1/events</c>: what happens on the node, as server-sent events.</summary>
internal static class EventRoutes
{
    public static void Map(RouteTable routes) => routes.Map("/v1/events", new Method(HttpMethods.Get, Follow));

    private static Task<Answer> Follow(ApiRequest request)
    {
        var after = Position(request);
        return Task.FromResult<Answer>(new Answer.Stream(_ => EventStream.WriteAsync(request, after)));
    }

    private static long? Position(ApiRequest request) => request.Header(Api.LastEventId) switch
    {
        null => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position) => position,
        var text => throw AnswerException.Invalid($"{Api.LastEventId}: found '{text}', allowed is a position, a number from 0"),
    };
}
