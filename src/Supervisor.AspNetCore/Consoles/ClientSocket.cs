using System.Net.WebSockets;
using VmSupervisor.Consoles;

namespace VmSupervisor.AspNetCore.Consoles;

/// <summary>What is sent to the client of a WebSocket: one message after the other, each within a time limit.</summary>
/// <param name="socket">The connection.</param>
/// <param name="patience">How long the client may take nothing.</param>
/// <param name="time">The clock.</param>
internal sealed class ClientSocket(WebSocket socket, TimeSpan patience, TimeProvider time)
{
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(1);

    /// <summary>How long the last words of somebody who was given up are kept ready: a stopped program may go on.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromMinutes(5);

    private Task sending = Task.CompletedTask;

    /// <summary>Sends; the bytes must stay as they are also when it fails.</summary>
    /// <exception cref="SlowClientException">The client did not take it in time.</exception>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType type, CancellationToken cancellationToken)
    {
        sending = socket.SendAsync(bytes, type, WebSocketMessageFlags.EndOfMessage, cancellationToken).AsTask();
        try
        {
            // Not cancelled: that would break the connection in the middle of a message, and nobody could be told why.
            await sending.WaitAsync(patience, time, cancellationToken);
        }
        catch (TimeoutException) when (!sending.IsCompleted)
        {
            throw new SlowClientException($"it took nothing for {patience.TotalSeconds:0.###} s");
        }
    }

    /// <summary>Says why somebody was given up, as soon as they take again what was sent before; then closes.</summary>
    public async Task DismissAsync(byte[] why, CancellationToken cancellationToken)
    {
        try
        {
            await sending.WaitAsync(LastWords, time, cancellationToken);
            await SendAsync(why, WebSocketMessageType.Text, cancellationToken);
            await CloseAsync(WebSocketCloseStatus.PolicyViolation);
        }
        catch (Exception e) when (e is TimeoutException or SlowClientException or OperationCanceledException or WebSocketException or IOException)
        {
            // It never reads: the connection ends without.
        }
    }

    public async Task CloseAsync(WebSocketCloseStatus status)
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
