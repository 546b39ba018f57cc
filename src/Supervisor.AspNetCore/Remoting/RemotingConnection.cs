using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.AspNetCore.Consoles;
using VmSupervisor.AspNetCore.Limits;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Consoles;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Remoting;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Remoting;

/// <summary>
/// One client's connection. What it asks is begun in the order in which it is read and answered as it is done; what it reads slowly
/// makes itself wait and nobody else.
/// </summary>
internal sealed partial class RemotingConnection
{
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(1);

    private readonly ApiRequest _request;
    private readonly WebSocket _socket;
    private readonly ClientSocket _client;
    private readonly CancellationTokenSource _end;
    private readonly Outbox _outbox;
    private readonly PendingRequests _pending;
    private readonly RemotingCalls _calls;
    private readonly RequestRates _rates;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _greeted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RemotingConnection(ApiRequest request, WebSocket socket)
    {
        _request = request;
        _socket = socket;
        _client = new ClientSocket(socket, request.Options.SendTimeout, request.Time);
        _end = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted);
        _outbox = new Outbox(_client);
        _pending = new PendingRequests(request.Options.Remoting.Requests);
        _calls = new RemotingCalls(request, _outbox, _end.Token);
        _rates = request.Http.RequestServices.GetRequiredService<RequestRates>();
        _logger = request.Http.RequestServices.GetRequiredService<ILogger<RemotingConnection>>();
    }

    /// <summary>Serves it to its end: the client leaves or takes nothing any more, or the host stops.</summary>
    public async Task ServeAsync()
    {
        using var end = _end;
        var reading = ReadAsync();
        var writing = _outbox.RunAsync(end.Token);
        var stopping = new TaskCompletionSource();
        await using (_request.Stopping.Register(stopping.SetResult))
            await Task.WhenAny(reading, writing, stopping.Task, GreetingAsync());
        if (writing is { IsFaulted: true, Exception.InnerException: SlowClientException slow })
            LogSlow(_logger, _request.Caller.Name, slow.Message);

        var status = reading.IsCompleted ? WebSocketCloseStatus.NormalClosure
            : _request.Stopping.IsCancellationRequested ? WebSocketCloseStatus.EndpointUnavailable
            : WebSocketCloseStatus.PolicyViolation;
        await _client.CloseAsync(reading is { IsCompletedSuccessfully: true, Result: { } other } ? other : status);

        // The client's turn to leave. To end the connection now could overtake what was sent last.
        await (reading.IsCompleted ? LeaveAsync() : reading).WaitAsync(Goodbye, _request.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await end.CancelAsync();
        _socket.Abort();
        await Task.WhenAll(reading, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends when the client has not said hello in time.</summary>
    private async Task GreetingAsync()
    {
        try
        {
            await _greeted.Task.WaitAsync(_request.Options.Remoting.HelloWithin, _request.Time, _end.Token);
            await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, _request.Time, _end.Token);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // Told by the close status.
        }
    }

    /// <summary>Reads to the end; the status to close with, if it is a special one.</summary>
    private async Task<WebSocketCloseStatus?> ReadAsync()
    {
        var buffer = new byte[4096];
        var longest = _request.Options.MaxRequestBody;
        try
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult received;
                do
                {
                    if (length == buffer.Length)
                        Array.Resize(ref buffer, (int)Math.Min(2L * length, longest + 1));
                    received = await _socket.ReceiveAsync(buffer.AsMemory(length), _end.Token);
                    if (received.MessageType == WebSocketMessageType.Close)
                        return null;
                    length += received.Count;
                    if (length > longest)
                        return WebSocketCloseStatus.MessageTooBig;
                }
                while (!received.EndOfMessage);
                await TakeAsync(buffer.AsMemory(0, length));
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // It left without a word, or all is over.
            return null;
        }
    }

    /// <summary>Reads on, whatever comes, until the client has left.</summary>
    private async Task LeaveAsync()
    {
        var buffer = new byte[4096];
        while (_socket.State == WebSocketState.CloseSent)
            await _socket.ReceiveAsync(buffer.AsMemory(), _end.Token);
    }

    /// <summary>Begins what a message asks. Returns before it is done; waits only when the client does not take its answers.</summary>
    private async Task TakeAsync(ReadOnlyMemory<byte> message)
    {
        Incoming? incoming = null;
        try
        {
            incoming = Incoming.Parse(message);
            if (!_rates.TryTake(_request.Identity))
                throw RemotingException.Of(RemotingErrors.TooMany, "more messages a second than one caller may send; wait and send it again", ProblemKind.Unavailable);
            if (incoming.Method == RemotingProtocol.Cancel && _greeted.Task.IsCompleted)
            {
                _pending.Cancel(incoming.Read<CancelRequest>().Request);
                return;
            }

            if (incoming is { Id: null, Method: RemotingProtocol.Tell } && _greeted.Task.IsCompleted)
            {
                await _calls.TellAsync(incoming.Read<TellRequest>());
                return;
            }

            if (incoming.Id is not { } id)
                throw RemotingException.Of(RemotingErrors.NoRequest, $"{incoming.Method}: id is missing; without one only {RemotingProtocol.Tell} and {RemotingProtocol.Cancel} are taken");
            if (incoming.Method == RemotingProtocol.Hello)
                await GreetAsync(id, incoming);
            else if (!_greeted.Task.IsCompleted)
                throw RemotingException.Of(RemotingErrors.NoHello, $"{incoming.Method}: {RemotingProtocol.Hello} must come first");
            else
                _ = AnswerAsync(id, incoming, _calls.Find(incoming.Method), _pending.Enter(id, _end.Token));
        }
        catch (RemotingException) when (_greeted.Task.IsCompleted && incoming is { Id: null, Method: RemotingProtocol.Tell or RemotingProtocol.Cancel })
        {
            // Nobody is told: a notification has no answer.
        }
        catch (RemotingException e)
        {
            await _outbox.AnswerAsync(RemotingMessage.Error(incoming?.Id, e.Error), _end.Token);
        }
    }

    private async Task GreetAsync(JsonElement id, Incoming incoming)
    {
        if (_greeted.Task.IsCompleted)
            throw RemotingException.Of(RemotingErrors.NoRequest, "hello was said before");
        var result = _calls.Hello(incoming.Read<HelloRequest>());
        _greeted.SetResult();
        await _outbox.AnswerAsync(RemotingMessage.Result(id, result), _end.Token);
    }

    private async Task AnswerAsync(JsonElement id, Incoming incoming, Func<Incoming, CancellationToken, Task<Reply>> call, PendingRequest pending)
    {
        try
        {
            var (message, then) = await AnswerToAsync(id, incoming, call, pending);

            // When there is room: it counts as pending as long as it takes memory. Before it can be read: then the id is free.
            await _outbox.AnswerAsync(message, _end.Token, () => _pending.Leave(id));
            then?.Invoke();
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // Nobody is there to answer. What was accepted goes on.
            _pending.Leave(id);
        }
    }

    private async Task<(byte[] Message, Action? Then)> AnswerToAsync(
        JsonElement id, Incoming incoming, Func<Incoming, CancellationToken, Task<Reply>> call, PendingRequest pending)
    {
        try
        {
            var reply = await call(incoming, pending.Token);
            return (reply.Message(id), reply.Then);
        }
        catch (RemotingException e)
        {
            return (RemotingMessage.Error(id, e.Error), null);
        }
        catch (AnswerException e) when (e.Answer is Answer.Failure failure)
        {
            return (RemotingMessage.Error(id, RemotingException.Of(failure.Document).Error), null);
        }
        catch (OperationCanceledException) when (pending.IsCancelled)
        {
            return (RemotingMessage.Error(id, new RemotingError(RemotingErrors.Cancelled, $"{incoming.Method}: cancelled by the client")), null);
        }
        catch (Exception e) when (e is JournalException or OperationCanceledException && !_end.IsCancellationRequested)
        {
            var why = e is JournalException ? $"the journal cannot be read now: {e.Message}" : "the supervisor is stopping; ask again when it is back";
            return (RemotingMessage.Error(id, RemotingException.Of(ProblemDocument.Of(new Problem(ProblemKind.Unavailable, why))).Error), null);
        }
        catch (Exception e) when (!_end.IsCancellationRequested)
        {
            LogUnexpected(_logger, e, incoming.Method);
            var why = $"an unexpected error, the supervisor's log says more: {e.Message}";
            return (RemotingMessage.Error(id, RemotingException.Of(RemotingErrors.Internal, why, ProblemKind.Failed).Error), null);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "remoting: {Caller} is given up: {Reason}")]
    private static partial void LogSlow(ILogger logger, string caller, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "remoting: {Method} failed unexpectedly")]
    private static partial void LogUnexpected(ILogger logger, Exception exception, string method);
}
