using System.Net.WebSockets;
using System.Text.Json;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Consoles;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Consoles;

/// <summary>One client of a console.</summary>
internal sealed class ConsoleSocket(WebSocket socket) : IConsoleClient
{
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(1);

    /// <summary>Serves one client until the console ends, the client leaves, or the host stops.</summary>
    public static async Task ServeAsync(ApiRequest request, VmConsoles consoles, VmView vm, ConsoleWish wish)
    {
        using var socket = await request.Http.WebSockets.AcceptWebSocketAsync();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, request.Stopping);
        using var attachment = consoles.Attach(vm, request.Caller, wish);
        var typing = TypeAsync(socket, attachment, end);
        var status = WebSocketCloseStatus.NormalClosure;
        try
        {
            await attachment.ServeAsync(new ConsoleSocket(socket), end.Token);
        }
        catch (Exception e) when (end.IsCancellationRequested && e is OperationCanceledException or WebSocketException)
        {
            status = WebSocketCloseStatus.EndpointUnavailable;
        }

        await CloseAsync(socket, status, request.Time);

        // The client's turn to leave. To end the connection now could overtake what was sent last.
        await typing.WaitAsync(Goodbye, request.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await end.CancelAsync();
        await typing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task SendAsync(ReadOnlyMemory<byte> output, CancellationToken cancellationToken) =>
        socket.SendAsync(output, WebSocketMessageType.Binary, WebSocketMessageFlags.EndOfMessage, cancellationToken).AsTask();

    public Task TellAsync(ConsoleNews news, CancellationToken cancellationToken) => socket.SendAsync(
        JsonSerializer.SerializeToUtf8Bytes(news, ContractsJson.Options).AsMemory(),
        WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, cancellationToken).AsTask();

    // As slowly as the guest takes it; a client that types more than that waits, and goes on reading.
    private static async Task TypeAsync(WebSocket socket, ConsoleAttachment attachment, CancellationTokenSource end)
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), end.Token);
                if (received.MessageType == WebSocketMessageType.Close)
                    break;
                if (received.MessageType == WebSocketMessageType.Binary)
                    await attachment.WriteAsync(buffer.AsMemory(0, received.Count), end.Token);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // It left without a word, or all is over.
        }

        await end.CancelAsync();
    }

    private static async Task CloseAsync(WebSocket socket, WebSocketCloseStatus status, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(Goodbye, time);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(status, null, limit.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // It reads nothing: the connection ends without.
        }
    }
}
