using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Supervisor.Cli.Tests;

/// <summary>The daemon's end of the socket, with answers by heart. What nobody taught it is answered with 418.</summary>
internal sealed class FakeDaemon : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<RequestDelegate>> answers = new();
    private readonly WebApplication app;

    private FakeDaemon(TempDirectory directory)
    {
        Socket = directory.File("d.sock");
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(Socket));
        app = builder.Build();
        app.Run(AnswerAsync);
    }

    public string Socket { get; }

    /// <summary>What was asked, in order: method, path and query, operation id, body.</summary>
    public ConcurrentQueue<Asked> Requests { get; } = [];

    public static async Task<FakeDaemon> StartAsync(TempDirectory directory)
    {
        var daemon = new FakeDaemon(directory);
        await daemon.app.StartAsync();
        return daemon;
    }

    /// <summary>Teaches an answer to <c>GET /v1/vms</c>; several to one request are given in order, the last one for ever.</summary>
    public FakeDaemon On<T>(string request, T document, int status = 200) =>
        On(request, context => WriteAsync(context, status, "application/json", JsonSerializer.Serialize(document, ContractsJson.Options)));

    public FakeDaemon On(string request, ProblemDocument problem) =>
        On(request, context => WriteAsync(context, problem.Status, ProblemDocument.MediaType, JsonSerializer.Serialize(problem, ContractsJson.Options)));

    public FakeDaemon On(string request, ProblemKind kind, string detail, OperationView? operation = null) =>
        On(request, ProblemDocument.Of(new(kind, detail), operation));

    public FakeDaemon On(string request, RequestDelegate answer)
    {
        answers.GetOrAdd(request, _ => []).Enqueue(answer);
        return this;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    public static async Task WriteAsync(HttpContext context, int status, string mediaType, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = mediaType;
        await context.Response.WriteAsync(body);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var asked = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}";
        Requests.Enqueue(new(asked, context.Request.Headers[Api.IdempotencyKey], context.Request.Headers[Api.LastEventId], body));
        if (!answers.TryGetValue(asked, out var queue))
            await WriteAsync(context, 418, "text/plain", "nobody taught me that");
        else if (queue.Count > 1 && queue.TryDequeue(out var next))
            await next(context);
        else if (queue.TryPeek(out var last))
            await last(context);
    }
}

internal sealed record Asked(string Request, string? Operation, string? LastEventId, string Body);
