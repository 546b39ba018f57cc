using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Events;

/// <summary>
/// Writes events as they come. The next one is asked for when the last one was taken by the connection, so a slow
/// reader holds up nothing but itself; the server ends a connection that takes nothing at all, and the reader goes on
/// by <c>Last-Event-ID</c>.
/// </summary>
internal static class EventStream
{
    private static readonly byte[] KeepAlive = ": keep-alive\n\n"u8.ToArray();

    public static async Task WriteAsync(ApiRequest request, long? after)
    {
        var response = request.Http.Response;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, request.Stopping);
        var events = request.Supervisor.EventsAsync(after, end.Token).GetAsyncEnumerator(end.Token);
        var next = events.MoveNextAsync().AsTask();
        try
        {
            // Only now, so that who has the headers misses nothing from here on.
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-cache";
            request.Http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await response.Body.FlushAsync(end.Token);
            while (true)
            {
                while (!await EndsWithinAsync(next, request))
                    await WriteAsync(response, KeepAlive, end.Token);
                if (!await next)
                    return;
                if (request.Identity.Sees(events.Current.Vm))
                    await WriteAsync(response, Format(events.Current), end.Token);
                next = events.MoveNextAsync().AsTask();
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The reader went away or the host stops: either way the stream just ends.
        }
        finally
        {
            await end.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await events.DisposeAsync();
        }
    }

    internal static byte[] Format(VmEvent value)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        Append(buffer, "id: ", value.Position.ToString(CultureInfo.InvariantCulture));
        Append(buffer, "event: ", value.Entry.Type);
        Append(buffer, "data: ", JsonSerializer.Serialize(value, ContractsJson.Options));
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Append(ArrayBufferWriter<byte> buffer, string field, string value)
    {
        Encoding.UTF8.GetBytes(field, buffer);
        Encoding.UTF8.GetBytes(value, buffer);
        buffer.Write("\n"u8);
    }

    private static async Task WriteAsync(HttpResponse response, byte[] bytes, CancellationToken cancellationToken)
    {
        await response.Body.WriteAsync(bytes, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }

    private static async Task<bool> EndsWithinAsync(Task next, ApiRequest request)
    {
        await next.WaitAsync(request.Options.EventsKeepAlive, request.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return next.IsCompleted;
    }
}
