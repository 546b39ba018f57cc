using System.Net.WebSockets;
using System.Text.Json;
using VmSupervisor.Consoles;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.AspNetCore.Consoles;

/// <summary>One client of a console.</summary>
internal sealed class ConsoleService(ConsoleAttachment attachment) : ISocketService
{
    public int LongestMessage => 0;

    public Task ServeAsync(ClientSocket client, CancellationToken cancellationToken) =>
        attachment.ServeAsync(new Client(client), cancellationToken);

    // As slowly as the guest takes it; a client that types more than that waits, and goes on reading.
    public Task TakeAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => attachment.WriteAsync(bytes, cancellationToken);

    public byte[] Drop(string reason)
    {
        attachment.Drop(reason);
        return Bytes(new(ConsoleNewsKind.Dropped) { Reason = $"this console was given up: {reason}" });
    }

    public ValueTask DisposeAsync()
    {
        attachment.Dispose();
        return ValueTask.CompletedTask;
    }

    private static byte[] Bytes(ConsoleNews news) => JsonSerializer.SerializeToUtf8Bytes(news, ContractsJson.Options);

    private sealed class Client(ClientSocket socket) : IConsoleClient
    {
        public Task SendAsync(ReadOnlyMemory<byte> output, CancellationToken cancellationToken) =>
            socket.SendAsync(output, WebSocketMessageType.Binary, cancellationToken);

        public Task TellAsync(ConsoleNews news, CancellationToken cancellationToken) =>
            socket.SendAsync(Bytes(news), WebSocketMessageType.Text, cancellationToken);
    }
}
