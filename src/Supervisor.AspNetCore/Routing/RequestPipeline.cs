using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.AspNetCore.Access;
using VmSupervisor.AspNetCore.Clients;
using VmSupervisor.AspNetCore.Limits;
using VmSupervisor.AspNetCore.Peers;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Vms;

namespace VmSupervisor.AspNetCore.Routing;

/// <summary>What every request goes through: who asks, the limits, the handler, and how its answer is written.</summary>
internal sealed partial class RequestPipeline(
    IVmSupervisorAccess callers,
    Lazy<IAccess> judge,
    RequestRates rates,
    IOptions<VmSupervisorHttpOptions> options,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<RequestPipeline> logger)
{
    /// <summary>For callers with the role that the door needs.</summary>
    public RequestDelegate Guarded(Door door, Handler handler) => http => RunAsync(http, door, callers.Decide(http), handler);

    /// <summary>For other nodes.</summary>
    public RequestDelegate ForPeers(Door door, Handler handler) => http => RunAsync(http, door, PeerProof.Decide(http), handler);

    /// <summary>For everybody who can connect, but not on the address of the peers, which serves nothing else.</summary>
    public RequestDelegate Open(Door door, Handler handler) => http => RunAsync(
        http, door, http.Features.Get<TlsPeer>() is null ? Anybody(http) : callers.Decide(http), handler);

    // On the unix socket all strangers together could keep the owner from asking.
    private static AccessDecision.Allowed Anybody(HttpContext http) => new(new Identity(new Caller("anybody"), [])
    {
        Key = $"address {http.Features.Get<TlsClient>()?.Address}",
        Unmetered = http.Features.Get<TlsClient>() is null,
    });

    private async Task RunAsync(HttpContext http, Door door, AccessDecision decision, Handler handler)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.Value.MaxRequestBody;
        try
        {
            await WriteAsync(http, await AnswerAsync(http, door, decision, handler));
        }
        catch (Exception e) when (http.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // The client went away. What it asked for goes on; there is nobody to answer.
        }
        catch (Exception e) when (http.Response.HasStarted)
        {
            // Half an answer cannot be taken back; a broken connection at least does not look like its end.
            LogUnexpected(logger, e, http.Request.Method, http.Request.Path);
            http.Abort();
        }
    }

    private async Task<Answer> AnswerAsync(HttpContext http, Door door, AccessDecision decision, Handler handler)
    {
        var vm = http.GetRouteValue("vm") as string;
        var what = $"{http.Request.Method} {http.Request.Path}";
        switch (decision)
        {
            case AccessDecision.Denied denied when !rates.TryTake(denied):
                return TooMany(http);
            case AccessDecision.Denied denied:
                judge.Value.NoteRefusal(denied, vm, what);
                return Forbidden(http, denied);
            case AccessDecision.Allowed { Identity: var who } when !rates.TryTake(who):
                return TooMany(http);
            case AccessDecision.Allowed { Identity: var who }:
                if (door.WhyNot(judge.Value, who, vm) is { } why)
                {
                    judge.Value.NoteRefusal(who, vm, what, why);
                    return Answer.Problem(ProblemKind.Forbidden, why);
                }

                var supervisor = http.RequestServices.GetRequiredService<IVmSupervisor>();
                return await HandleAsync(new ApiRequest(http, supervisor, who, judge.Value, options.Value, time, EndOf(http, who)), handler);
            default:
                throw new InvalidOperationException($"{decision.GetType().Name} is not a decision");
        }
    }

    // Streams go on after their answer was made: it lives as long as the response.
    private CancellationToken EndOf(HttpContext http, Identity who)
    {
        if (!who.Ended.CanBeCanceled)
            return lifetime.ApplicationStopping;
        var ended = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, who.Ended);
        http.Response.RegisterForDispose(ended);
        return ended.Token;
    }

    private static Answer TooMany(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "1";
        var problem = new Problem(ProblemKind.Unavailable, "too many requests of this caller; ask again in a second");
        return new Answer.Failure(ProblemDocument.Of(problem) with { Status = StatusCodes.Status429TooManyRequests });
    }

    private static Answer Forbidden(HttpContext http, AccessDecision.Denied denied)
    {
        if (!denied.Unproved)
            return Answer.Problem(ProblemKind.Forbidden, denied.Reason);
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return new Answer.Failure(ProblemDocument.Of(new Problem(ProblemKind.Forbidden, denied.Reason)) with { Status = StatusCodes.Status401Unauthorized });
    }

    private async Task<Answer> HandleAsync(ApiRequest request, Handler handler)
    {
        try
        {
            return await handler(request);
        }
        catch (AnswerException e)
        {
            return e.Answer;
        }
        catch (BadHttpRequestException e)
        {
            return new Answer.Failure(ProblemDocument.Of(new Problem(ProblemKind.Invalid, e.Message)) with { Status = e.StatusCode });
        }
        catch (JournalException e)
        {
            LogJournal(logger, request.Http.Request.Method, request.Http.Request.Path, e.Message);
            return Answer.Problem(ProblemKind.Unavailable, $"the journal cannot be read now: {e.Message}");
        }
        catch (Exception e) when (!request.Http.RequestAborted.IsCancellationRequested)
        {
            LogUnexpected(logger, e, request.Http.Request.Method, request.Http.Request.Path);
            var problem = new Problem(ProblemKind.Failed, $"an unexpected error, the supervisor's log says more: {e.Message}");
            return new Answer.Failure(ProblemDocument.Of(problem) with { Status = StatusCodes.Status500InternalServerError });
        }
    }

    internal static Task WriteAsync(HttpContext http, Answer answer) => answer switch
    {
        Answer.Json json => WriteJsonAsync(http, json.Status, json.Value, json.Type, "application/json", json.Location),
        Answer.Failure { Document: var document } =>
            WriteJsonAsync(http, document.Status, document, typeof(ProblemDocument), ProblemDocument.MediaType, null),
        Answer.Empty empty => WriteBytesAsync(http, empty.Status, null, []),
        Answer.Line line => WriteBytesAsync(http, line.Status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(line.Text + "\n")),
        Answer.Stream stream => stream.Write(http),
        _ => throw new InvalidOperationException($"{answer.GetType().Name} is not an answer"),
    };

    private static Task WriteJsonAsync(HttpContext http, int status, object value, Type type, string mediaType, string? location)
    {
        if (location is not null)
            http.Response.Headers.Location = location;
        return WriteBytesAsync(http, status, mediaType, JsonSerializer.SerializeToUtf8Bytes(value, type, ContractsJson.Options));
    }

    private static async Task WriteBytesAsync(HttpContext http, int status, string? mediaType, byte[] body)
    {
        http.Response.StatusCode = status;
        if (mediaType is null)
            return;
        http.Response.ContentType = mediaType;
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path}: the journal cannot be read: {Reason}")]
    private static partial void LogJournal(ILogger logger, string method, string path, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed unexpectedly")]
    private static partial void LogUnexpected(ILogger logger, Exception exception, string method, string path);
}
