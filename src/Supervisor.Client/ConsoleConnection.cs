using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Client;

/// <summary>What comes from a console.</summary>
public abstract record ConsoleFrame
{
    private ConsoleFrame() { }

    /// <summary>Bytes of the guest's output, at the beginning of the buffer.</summary>
    /// <param name="Count">How many.</param>
    public sealed record Output(int Count) : ConsoleFrame;

    /// <summary>Something that is not output.</summary>
    /// <param name="What">What it is.</param>
    public sealed record News(ConsoleNews What) : ConsoleFrame;

    /// <summary>The daemon has closed the connection after the console's end.</summary>
    public sealed record Closed : ConsoleFrame;

    /// <summary>The connection broke, or the daemon stops: the console goes on, and one can attach again.</summary>
    public sealed record Broken : ConsoleFrame;
}

/// <summary>One connection to a console. One may receive and one may send at the same time.</summary>
public sealed class ConsoleConnection : IDisposable
{
    private readonly WebSocket socket;
    private Incarnation incarnation;
    private (string File, long Offset)? place;

    internal ConsoleConnection(WebSocket socket, ConsolePlace? after)
    {
        this.socket = socket;
        if (after is null)
            return;
        incarnation = after.Incarnation;
        Remember(after.Text);
    }

    /// <summary>After what was received; null before anything was.</summary>
    public ConsolePlace? Place => place is var (file, offset)
        ? new(incarnation, string.Create(CultureInfo.InvariantCulture, $"{file}:{offset}"))
        : null;

    /// <summary>Waits for what comes next.</summary>
    /// <param name="buffer">Takes output; at least 4 KiB, so that news has room too.</param>
    /// <param name="cancellationToken">Ends the waiting and with it the connection.</param>
    public async Task<ConsoleFrame> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var received = await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
            switch (received.MessageType)
            {
                case WebSocketMessageType.Binary:
                    if (place is var (file, offset))
                        place = (file, offset + received.Count);
                    return new ConsoleFrame.Output(received.Count);
                case WebSocketMessageType.Text:
                    return await ReadNewsAsync(buffer, received, cancellationToken).ConfigureAwait(false);
                default:
                    return socket.CloseStatus == WebSocketCloseStatus.NormalClosure ? new ConsoleFrame.Closed() : new ConsoleFrame.Broken();
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            return new ConsoleFrame.Broken();
        }
    }

    /// <summary>Types. What cannot be sent, since the connection broke, is lost; receiving says so.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken = default)
    {
        try
        {
            await socket.SendAsync(input, WebSocketMessageType.Binary, WebSocketMessageFlags.EndOfMessage, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException)
        {
            // Whoever receives sees it.
        }
    }

    /// <summary>Leaves.</summary>
    public void Dispose() => socket.Dispose();

    private async Task<ConsoleFrame> ReadNewsAsync(Memory<byte> buffer, ValueWebSocketReceiveResult received, CancellationToken cancellationToken)
    {
        var length = received.Count;
        while (!received.EndOfMessage && length < buffer.Length)
        {
            received = await socket.ReceiveAsync(buffer[length..], cancellationToken).ConfigureAwait(false);
            length += received.Count;
        }

        var news = JsonSerializer.Deserialize<ConsoleNews>(buffer.Span[..length], ContractsJson.Options)
            ?? throw new WebSocketException("null is no news");
        if (news.Kind == ConsoleNewsKind.Attached)
            incarnation = news.Incarnation;
        Remember(news.Place);
        return new ConsoleFrame.News(news);
    }

    private void Remember(string? text)
    {
        if (text?.Split(':') is [var file, var offset] && long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var at))
            place = (file, at);
    }
}
