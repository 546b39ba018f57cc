using System.Net.WebSockets;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Consoles;

namespace VmSupervisor.AspNetCore.Consoles;

/// <summary>One client of a WebSocket, from the upgrade to the end.</summary>
internal static class ServedSocket
{
    private const int BufferSize = 4096;
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(1);

    /// <summary>Serves one client until there is nothing more to send, the client leaves, or the host stops.</summary>
    public static async Task ServeAsync(ApiRequest request, Func<ISocketService> attach)
    {
        using var socket = await request.Http.WebSockets.AcceptWebSocketAsync();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, request.Stopping);
        var client = new ClientSocket(socket, request.Options.SendTimeout, request.Time);
        await using var service = attach();
        var taking = TakeAsync(socket, service, end);
        try
        {
            await service.ServeAsync(client, end.Token);
            await client.CloseAsync(WebSocketCloseStatus.NormalClosure);
        }
        catch (SlowClientException e)
        {
            var why = service.Drop(e.Message);

            // First: nobody waits for what this one held until it has read its last words.
            await service.DisposeAsync();
            await client.DismissAsync(why, end.Token);
        }
        catch (Exception e) when (end.IsCancellationRequested && e is OperationCanceledException or WebSocketException)
        {
            await client.CloseAsync(WebSocketCloseStatus.EndpointUnavailable);
        }

        // The client's turn to leave. To end the connection now could overtake what was sent last.
        await taking.WaitAsync(Goodbye, request.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await end.CancelAsync();
        await taking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task TakeAsync(WebSocket socket, ISocketService service, CancellationTokenSource end)
    {
        var buffer = new byte[BufferSize];
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), end.Token);
                var length = received.Count;
                while (service.LongestMessage > 0 && !received.EndOfMessage && received.MessageType != WebSocketMessageType.Close)
                {
                    if (length == buffer.Length)
                        Array.Resize(ref buffer, 2 * length);
                    received = await socket.ReceiveAsync(buffer.AsMemory(length), end.Token);
                    length += received.Count;
                    if (length > service.LongestMessage)
                        throw new WebSocketException($"a message of more than {service.LongestMessage} bytes");
                }

                if (received.MessageType == WebSocketMessageType.Close)
                    break;
                await service.TakeAsync(buffer.AsMemory(0, length), end.Token);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // It left without a word, or all is over.
        }

        await end.CancelAsync();
    }
}
