using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Client;

/// <summary>One connection to a VM's monitor. One may receive and one may send at the same time.</summary>
public sealed class MonitorConnection : IDisposable
{
    // An answer such as query-qmp-schema has 0.2 MiB; the daemon takes 4 MiB of QEMU, and JSON in JSON grows.
    private const int LongestMessage = 32 << 20;

    private readonly WebSocket socket;
    private byte[] buffer = new byte[16 * 1024];

    internal MonitorConnection(WebSocket socket) => this.socket = socket;

    /// <summary>What comes next; null when the connection is over.</summary>
    public async Task<MonitorNews?> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            for (var length = 0; length < LongestMessage;)
            {
                if (length == buffer.Length)
                    Array.Resize(ref buffer, 2 * length);
                var received = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
                if (received.MessageType == WebSocketMessageType.Close)
                    return null;
                length += received.Count;
                if (received.EndOfMessage)
                    return JsonSerializer.Deserialize<MonitorNews>(buffer.AsSpan(0, length), ContractsJson.Options);
            }

            return null;
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            return null;
        }
    }

    /// <summary>Gives a command. What cannot be sent, since the connection broke, is lost; receiving says so.</summary>
    public async Task SendAsync(string command, CancellationToken cancellationToken = default)
    {
        try
        {
            await socket.SendAsync(
                Encoding.UTF8.GetBytes(command).AsMemory(), WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException)
        {
            // Whoever receives sees it.
        }
    }

    /// <summary>Leaves.</summary>
    public void Dispose() => socket.Dispose();
}
