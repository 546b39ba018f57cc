using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace VmSupervisor.Migrations.Tests.Peers;

/// <summary>
/// One connection between two daemons. The handshake and streams (the tunnel) are carried as bytes, the conversation message
/// by message.
/// </summary>
internal sealed class CarriedConnection(PeerProxy proxy, NetworkStream dialed, NetworkStream accepting)
{
    private const int BufferSize = 64 << 10;

    private readonly ConcurrentDictionary<long, (string Type, JsonElement Body)> _questions = new();

    public static bool IsItsEnd(Exception e) =>
        e is IOException or SocketException or WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var request = await CarryHeadAsync(dialed, accepting, cancellationToken);
        var answer = await CarryHeadAsync(accepting, dialed, cancellationToken);

        // A conversation is at /v1/peers/NAME, a stream below it.
        var isConversation = answer.Contains(" 101 ", StringComparison.Ordinal) && request.Split(' ')[1].Trim('/').Split('/').Length == 3;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!isConversation)
        {
            await FirstOfAsync(CarryBytesAsync(dialed, accepting, over.Token), CarryBytesAsync(accepting, dialed, over.Token), over);
            return;
        }

        using var asking = WebSocket.CreateFromStream(dialed, new WebSocketCreationOptions { IsServer = true });
        using var answering = WebSocket.CreateFromStream(accepting, new WebSocketCreationOptions { IsServer = false });
        await FirstOfAsync(CarryMessagesAsync(asking, answering, Question, over.Token), CarryMessagesAsync(answering, asking, Answer, over.Token), over);
    }

    /// <summary>The end of one direction is the end of the connection, but for a moment in which the other end's last words go on.</summary>
    private static async Task FirstOfAsync(Task one, Task other, CancellationTokenSource over)
    {
        await Task.WhenAny(one, other);
        over.CancelAfter(TimeSpan.FromSeconds(1));
        await Task.WhenAll(one, other).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private static async Task<string> CarryHeadAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (head is not [.., (byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n'])
        {
            await from.ReadExactlyAsync(one, cancellationToken);
            head.Add(one[0]);
        }

        await to.WriteAsync(head.ToArray(), cancellationToken);
        return Encoding.ASCII.GetString([.. head]);
    }

    private async Task CarryBytesAsync(NetworkStream from, NetworkStream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            await proxy.PassAsync(cancellationToken);
            await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }

        // Whoever dialed waits for a second for the end of the connection when it has said goodbye.
        to.Socket.Shutdown(SocketShutdown.Send);
    }

    private async Task CarryMessagesAsync(
        WebSocket from, WebSocket to, Func<JsonElement, PeerMessageSeen?> read, CancellationToken cancellationToken)
    {
        var turn = new SemaphoreSlim(1);
        var buffer = new byte[BufferSize];
        var message = new MemoryStream();
        while (true)
        {
            var received = await from.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await to.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
                return;
            }

            message.Write(buffer, 0, received.Count);
            if (!received.EndOfMessage)
                continue;
            var bytes = message.ToArray();
            message.SetLength(0);
            await proxy.PassAsync(cancellationToken);
            var decision = read(JsonDocument.Parse(bytes).RootElement) is { } seen ? proxy.MayGoAsync(seen) : Task.FromResult(true);
            if (decision.IsCompleted)
                await SendAsync(decision);
            else
                _ = SendAsync(decision);

            async Task SendAsync(Task<bool> mayGo)
            {
                if (!await mayGo)
                    return;
                try
                {
                    await turn.WaitAsync(cancellationToken);
                    await to.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
                    turn.Release();
                }
                catch (Exception e) when (IsItsEnd(e))
                {
                    // The loop sees it, too.
                }
            }
        }
    }

    private PeerMessageSeen? Question(JsonElement frame)
    {
        if (frame.GetProperty("frame").GetString() != "ask")
            return null;
        var question = (Type: frame.GetProperty("type").GetString()!, Body: frame.GetProperty("body"));
        _questions[frame.GetProperty("id").GetInt64()] = question;
        return new(question.Type, question.Body, null, IsAnswer: false);
    }

    private PeerMessageSeen? Answer(JsonElement frame) =>
        frame.GetProperty("frame").GetString() == "reply" && _questions.TryRemove(frame.GetProperty("id").GetInt64(), out var question)
            ? new(question.Type, question.Body, frame.TryGetProperty("body", out var body) ? body : null, IsAnswer: true)
            : null;
}
