using System.Text.Json;
using Microsoft.AspNetCore.Http;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Text;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Routing;

/// <summary>Reads JSON bodies; what is wrong with them is the client's to know.</summary>
internal static class RequestBody
{
    /// <summary>The body whole; its size is bounded by the server, and its time here.</summary>
    public static async Task<byte[]> ReadAsync(ApiRequest request)
    {
        using var buffer = new MemoryStream();
        using var late = new CancellationTokenSource(request.Options.BodyTimeout, request.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, request.Aborted);
        try
        {
            await request.Http.Request.Body.CopyToAsync(buffer, either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !request.Aborted.IsCancellationRequested)
        {
            // Whatever comes of it yet is not to be taken for the next request.
            request.Http.Response.Headers.Connection = "close";
            var problem = new Problem(ProblemKind.TimedOut, $"the body did not arrive within {Duration.Format(request.Options.BodyTimeout)}");
            throw new AnswerException(new Answer.Failure(ProblemDocument.Of(problem) with { Status = StatusCodes.Status408RequestTimeout }));
        }
        catch (IOException e) when (e is not BadHttpRequestException && !request.Aborted.IsCancellationRequested)
        {
            // Kestrel's, for a chunk larger than there are numbers.
            request.Http.Response.Headers.Connection = "close";
            throw AnswerException.Invalid($"the body cannot be read: {e.Message}");
        }

        return buffer.ToArray();
    }

    /// <summary>The body as a document in which no member appears twice.</summary>
    public static JsonDocument Parse(byte[] body)
    {
        try
        {
            return JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw AnswerException.Invalid($"the body is not JSON: {e.Message}");
        }
    }

    /// <summary>The body as a value; an empty body is an empty object.</summary>
    public static T Read<T>(byte[] body) where T : class
    {
        using var document = Parse(body.Length == 0 ? "{}"u8.ToArray() : body);
        try
        {
            return document.Deserialize<T>(ContractsJson.Options) ?? throw AnswerException.Invalid("the body: found null, allowed is an object");
        }
        catch (JsonException e)
        {
            throw AnswerException.Invalid($"the body: {e.Message}");
        }
    }
}
