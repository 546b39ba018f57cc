using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Remoting;

namespace VmSupervisor.Client.Cluster;

/// <summary>One connection with a node, from hello to its end. It never comes back; another one follows.</summary>
internal sealed class RemotingSession : IAsyncDisposable
{
    // A node sends nothing near that; it only keeps a stranger from filling this process's memory.
    private const int LongestMessage = 64 << 20;

    private readonly WebSocket socket;
    private readonly SemaphoreSlim sending = new(1);
    private readonly ConcurrentDictionary<long, Pending> pending = new();
    private readonly ConcurrentDictionary<(string Method, long Number), Channel<SessionNews>> listeners = new();
    private readonly TaskCompletionSource<string> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock ending = new();
    private SemaphoreSlim room = new(1);
    private Task reading = Task.CompletedTask;
    private long lastId;

    private RemotingSession(WebSocket socket) => this.socket = socket;

    /// <summary>What the node said to hello.</summary>
    public HelloResult Hello { get; private set; } = null!;

    /// <summary>Ends with the connection: why.</summary>
    public Task<string> Ended => ended.Task;

    /// <summary>Says hello.</summary>
    /// <exception cref="VmsupException">The node refuses.</exception>
    /// <exception cref="SessionBrokenException">The connection broke.</exception>
    public static async Task<RemotingSession> BeginAsync(WebSocket socket, string client, CancellationToken cancellationToken)
    {
        var session = new RemotingSession(socket);
        session.reading = session.ReadAsync();
        try
        {
            var hello = new HelloRequest([RemotingProtocol.Version], client);
            session.Hello = await session.CallAsync<HelloRequest, HelloResult>(RemotingProtocol.Hello, hello, cancellationToken).ConfigureAwait(false);
            session.room = new SemaphoreSlim(Math.Max(1, session.Hello.Limits.Requests));
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Asks. A cancellation travels to the node.</summary>
    /// <param name="method">What.</param>
    /// <param name="parameters">With what.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <param name="onResult">Called with the result before anything that comes behind it is read; must not wait.</param>
    /// <exception cref="VmsupException">The node refuses.</exception>
    /// <exception cref="SessionBrokenException">The connection broke.</exception>
    public async Task<TResult> CallAsync<T, TResult>(
        string method, T parameters, CancellationToken cancellationToken, Action<TResult>? onResult = null)
    {
        // More than the node takes wait here. A place is free when the node has answered, not when nobody waits for that any more.
        var places = room;
        await places.WaitAsync(cancellationToken).ConfigureAwait(false);
        var id = Interlocked.Increment(ref lastId);
        var request = new Pending(places, onResult is null ? null : element => onResult(SessionMessages.Read<TResult>(element)));
        lock (ending)
        {
            if (ended.Task.IsCompleted)
            {
                places.Release();
                throw new SessionBrokenException(ended.Task.Result);
            }

            pending[id] = request;
        }

        await SendAsync(RemotingMessage.Request(id, method, parameters)).ConfigureAwait(false);
        var registration = cancellationToken.Register(() => Cancel(id, request, cancellationToken));
        await using (registration.ConfigureAwait(false))
            return SessionMessages.Read<TResult>(await request.Answer.Task.ConfigureAwait(false));
    }

    /// <summary>Says something that has no answer. What cannot be sent, since the connection broke, is lost.</summary>
    public Task NotifyAsync<T>(string method, T parameters) => SendAsync(RemotingMessage.Notification(method, parameters));

    /// <summary>
    /// Listens to what the server says of a watch or a subscription; to be called before anything that comes behind is read. The
    /// channel ends with the connection, or when it is full and may not lose anything.
    /// </summary>
    public ChannelReader<SessionNews> Listen(string method, long number, BoundedChannelFullMode whenFull, int capacity)
    {
        var channel = Channel.CreateBounded<SessionNews>(new BoundedChannelOptions(capacity) { FullMode = whenFull, SingleReader = true });
        listeners[(method, number)] = channel;
        return channel.Reader;
    }

    /// <summary>Listens no longer.</summary>
    public void Forget(string method, long number)
    {
        if (listeners.TryRemove((method, number), out var channel))
            channel.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        End("it was closed by this client");
        socket.Abort();
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        socket.Dispose();
    }

    private async Task SendAsync(byte[] message)
    {
        await sending.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            // Not to be cancelled: half a message breaks the connection for everybody.
            await socket.SendAsync(message.AsMemory(), WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // As cancelled, too, when the socket was given up meanwhile: the token cannot be it.
            End(e.GetBaseException().Message);
            socket.Abort();
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            var buffer = new byte[16 * 1024];
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult received;
                do
                {
                    if (length == buffer.Length)
                        Array.Resize(ref buffer, 2 * length);
                    received = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None).ConfigureAwait(false);
                    if (received.MessageType == WebSocketMessageType.Close)
                    {
                        End($"the node has closed it ({(int?)socket.CloseStatus})");
                        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).ConfigureAwait(false);
                        return;
                    }

                    length += received.Count;
                }
                while (!received.EndOfMessage && length < LongestMessage);
                Take(JsonElement.Parse(buffer.AsSpan(0, length)));
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            End(e.GetBaseException().Message);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or VmsupException)
        {
            End($"the node says what this client cannot read; are both of one version? ({e.Message})");
            socket.Abort();
        }
    }

    private void Take(JsonElement message)
    {
        if (message.TryGetProperty("method", out var method))
        {
            Hear(method.GetString()!, message.GetProperty("params"));
            return;
        }

        if (message.GetProperty("id") is not { ValueKind: JsonValueKind.Number } id || !pending.TryRemove(id.GetInt64(), out var request))
            return;
        request.Places.Release();
        if (message.TryGetProperty("error", out var error))
        {
            request.Answer.TrySetException(SessionMessages.ProblemOf(error));
            return;
        }

        var result = message.GetProperty("result");
        request.OnResult?.Invoke(result);
        request.Answer.TrySetResult(result);
    }

    private void Hear(string method, JsonElement parameters)
    {
        var (kind, member) = method == RemotingProtocol.Watch
            ? (RemotingProtocol.Watch, "watch")
            : (RemotingProtocol.Subscribe, "subscription");
        if (!parameters.TryGetProperty(member, out var number) || !listeners.TryGetValue((kind, number.GetInt64()), out var channel))
            return;
        if (channel.Writer.TryWrite(new SessionNews(method, parameters)))
            return;

        // The consumer is slower than the node: what was held for it is there still, and the rest is read again when it comes so far.
        Forget(kind, number.GetInt64());
        _ = this.UnsubscribeAsync(number.GetInt64());
    }

    private void Cancel(long id, Pending request, CancellationToken cancellationToken)
    {
        if (!request.Answer.TrySetCanceled(cancellationToken))
            return;
        _ = NotifyAsync(RemotingProtocol.Cancel, new CancelRequest(JsonSerializer.SerializeToElement(id, ContractsJson.Options)));
    }

    private void End(string why)
    {
        lock (ending)
        {
            if (!ended.TrySetResult(why))
                return;
        }

        foreach (var id in pending.Keys)
        {
            if (pending.TryRemove(id, out var request))
            {
                request.Places.Release();
                request.Answer.TrySetException(new SessionBrokenException(why));
            }
        }

        foreach (var (method, number) in listeners.Keys)
            Forget(method, number);
    }

    private sealed record Pending(SemaphoreSlim Places, Action<JsonElement>? OnResult)
    {
        public TaskCompletionSource<JsonElement> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
