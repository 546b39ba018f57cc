using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using VmSupervisor.Consoles.Monitors;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.AspNetCore.Consoles;

/// <summary>One client of a monitor.</summary>
internal sealed class MonitorService(MonitorAttachment attachment) : ISocketService
{
    public int LongestMessage => 1 << 20;

    public Task ServeAsync(ClientSocket client, CancellationToken cancellationToken) =>
        attachment.ServeAsync(new Client(client), cancellationToken);

    public Task TakeAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        attachment.DoAsync(Encoding.UTF8.GetString(bytes.Span), cancellationToken);

    public byte[] Drop(string reason)
    {
        attachment.Drop(reason);
        return Bytes(new(MonitorNewsKind.Dropped) { Reason = $"this monitor was given up: {reason}" });
    }

    public ValueTask DisposeAsync() => attachment.DisposeAsync();

    private static byte[] Bytes(MonitorNews news) => JsonSerializer.SerializeToUtf8Bytes(news, ContractsJson.Options);

    private sealed class Client(ClientSocket socket) : IMonitorClient
    {
        public Task TellAsync(MonitorNews news, CancellationToken cancellationToken) =>
            socket.SendAsync(Bytes(news), WebSocketMessageType.Text, cancellationToken);
    }
}
