using System.Net.WebSockets;
using VmSupervisor.Migration.Connections;

namespace VmSupervisor.AspNetCore.Peers;

/// <summary>A WebSocket whose text messages are frames.</summary>
internal sealed class WebSocketChannel(WebSocket socket, TimeProvider time) : IPeerChannel
{
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(1);

    private byte[] _buffer = new byte[4096];

    public async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, cancellationToken);
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException)
        {
            throw Broken(e);
        }
    }

    public async Task<byte[]?> ReceiveAsync(int longest, CancellationToken cancellationToken)
    {
        try
        {
            var length = 0;
            while (true)
            {
                if (length == _buffer.Length)
                    Array.Resize(ref _buffer, (int)Math.Min(2L * length, (long)longest + 1));
                var received = await socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
                if (received.MessageType == WebSocketMessageType.Close)
                    return null;
                length += received.Count;
                if (length > longest)
                    throw new PeerChannelException($"a message of more than {longest} bytes");
                if (received.EndOfMessage)
                    return _buffer[..length];
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException || (e is IOException and not PeerChannelException))
        {
            throw Broken(e);
        }
    }

    public async Task CloseAsync()
    {
        using var limit = new CancellationTokenSource(Goodbye, time);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // It reads nothing: the connection ends without.
        }
    }

    public void Dispose()
    {
        // At once, whatever is under way.
        socket.Abort();
        socket.Dispose();
    }

    private static PeerChannelException Broken(Exception e) => new($"the connection broke ({(e.InnerException ?? e).Message.TrimEnd('.')})", e);
}
