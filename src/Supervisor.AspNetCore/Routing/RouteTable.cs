using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Routing;

/// <summary>What answers a request.</summary>
internal delegate Task<Answer> Handler(ApiRequest request);

/// <summary>A method of an address and what answers it.</summary>
internal readonly record struct Method(string Name, Handler Handler);

/// <summary>
/// Maps addresses, each with all its methods at once, so that a wrong method is answered with a document. Plain request
/// delegates: the compiled parameter binding of minimal APIs costs a tenth of a second at start-up.
/// </summary>
internal sealed class RouteTable(IEndpointRouteBuilder endpoints, RequestPipeline pipeline)
{
    /// <summary>Maps an address for callers with the role that the table of roles has for it.</summary>
    public void Map(string pattern, params ReadOnlySpan<Method> methods)
    {
        var allow = new List<string>();
        foreach (var (name, handler) in methods)
        {
            allow.Add(name);
            var door = new Door(name, pattern);
            endpoints.MapMethods(pattern, [name], pipeline.Guarded(door, handler)).WithMetadata(door);
        }

        endpoints.Map(pattern, pipeline.Guarded(Door.Nowhere, request => Task.FromResult(NotAllowed(request, string.Join(", ", allow)))));
    }

    /// <summary>Maps an address that is a WebSocket, for callers with the role that the table of roles has for it.</summary>
    public void MapWebSocket(string pattern, Handler handler) => MapWebSocket(pattern, handler, pipeline.Guarded);

    /// <summary>Maps an address that is a WebSocket, for other nodes.</summary>
    public void MapPeerSocket(string pattern, Handler handler) => MapWebSocket(pattern, handler, pipeline.ForPeers);

    /// <summary>Maps an address for everybody who can connect; it must tell nothing about VMs.</summary>
    public void MapOpen(string pattern, Handler handler)
    {
        var door = new Door(HttpMethods.Get, pattern);
        endpoints.MapMethods(pattern, [HttpMethods.Get], pipeline.Open(door, handler)).WithMetadata(door);
        endpoints.Map(pattern, pipeline.Open(Door.Anywhere, request => Task.FromResult(NotAllowed(request, HttpMethods.Get))));
    }

    /// <summary>Answers for every address that matches a pattern and nothing else.</summary>
    public void MapRest(string pattern) => endpoints.Map(pattern, pipeline.Guarded(Door.Nowhere, request => Task.FromResult(NoSuchAddress(request)))).Add(
        static endpoint => ((RouteEndpointBuilder)endpoint).Order = int.MaxValue);

    /// <summary>The answer for an address that does not exist.</summary>
    public static Answer NoSuchAddress(ApiRequest request) =>
        Answer.Problem(ProblemKind.NotFound, $"there is no {request.Http.Request.Path}");

    private void MapWebSocket(string pattern, Handler handler, Func<Door, Handler, RequestDelegate> guarded)
    {
        var door = new Door(HttpMethods.Get, pattern);
        var upgradable = endpoints.CreateApplicationBuilder();
        upgradable.UseWebSockets();
        upgradable.Run(guarded(door, handler));
        endpoints.MapMethods(pattern, [HttpMethods.Get], upgradable.Build()).WithMetadata(door);
        endpoints.Map(pattern, guarded(Door.Nowhere, request => Task.FromResult(NotAllowed(request, HttpMethods.Get))));
    }

    private static Answer NotAllowed(ApiRequest request, string allow)
    {
        request.Http.Response.Headers.Allow = allow;
        var (method, path) = (request.Http.Request.Method, request.Http.Request.Path);
        var problem = ProblemDocument.Of(new Problem(ProblemKind.Invalid, $"{method} is not possible for {path}, allowed: {allow}"));
        return new Answer.Failure(problem with { Title = "Method not allowed", Status = StatusCodes.Status405MethodNotAllowed });
    }
}
