using System.Text.Json;
using System.Threading.Channels;

namespace VmSupervisor.Migration.Connections;

/// <summary>
/// One connection after its handshake. Both ends are the same but for this: only who dialed asks.
/// <code>
/// AskAsync ──► Ask ──────────────► PeerHandlers (started in order, answered in any)
///          ◄── Reply ◄────────────
/// keep-alive: Ping ──► Pong; whatever is heard is a sign of life
/// End(reason): the session's watchers, every pending question and all loops learn it, once
/// </code>
/// </summary>
internal sealed partial class PeerLink : IDisposable
{
    private static readonly JsonElement Null = JsonDocument.Parse("null").RootElement;

    private readonly IPeerChannel _channel;
    private readonly PeerSettings _settings;
    private readonly PeerHandlers _handlers;
    private readonly TimeProvider _time;
    private readonly PendingReplies _pending;
    private readonly Channel<byte[]> _outgoing = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource<bool> _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationToken _ended;
    private long _heardAt;
    private long _roundTrip = -1;

    public PeerLink(IPeerChannel channel, PeerSession session, PeerSettings settings, PeerHandlers handlers, TimeProvider time)
    {
        _channel = channel;
        Session = session;
        _settings = settings;
        _handlers = handlers;
        _time = time;
        _pending = new PendingReplies(time);
        _ended = _end.Token;
        _heardAt = time.GetTimestamp();
    }

    public PeerSession Session { get; }

    /// <summary>Of the last ping; null before the first.</summary>
    public TimeSpan? RoundTrip => Interlocked.Read(ref _roundTrip) is var ticks and >= 0 ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>Carries messages until the end, whoever causes it.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var stop = stopping.Register(() => End($"node {_settings.Node} stops", tell: true));
        var sending = SendAsync();
        var receiving = ReceiveAsync();
        var watching = KeepAliveAsync();

        // Before the loops are cancelled: that breaks the channel.
        if (await _over.Task)
            await SayGoodbyeAsync(sending, receiving);
        _end.Cancel();
        await sending;
        await receiving;
        await watching;
    }

    /// <summary>Ends it; the first reason counts.</summary>
    /// <param name="reason">Why, for people.</param>
    /// <param name="tell">Whether the peer does not know it yet and may still listen.</param>
    public void End(string reason, bool tell = false)
    {
        if (!Session.End(reason))
            return;
        _pending.FailAll($"the connection with {Session.Peer} ended: {reason}");
        _over.TrySetResult(tell);
    }

    /// <inheritdoc cref="IPeer.AskAsync"/>
    public async Task<PeerReply> AskAsync(PeerMessage message, TimeSpan deadline, CancellationToken cancellationToken)
    {
        // The number that it gets is not known yet, and is at most as long as this one.
        if (new Frame.Ask(long.MaxValue, message.Type, message.Body).ToBytes().Length is var size && size > _settings.LongestMessage)
            throw new PeerException(PeerFailure.TooLarge, $"a message of {size} bytes is not sent to {Session.Peer}: allowed are {_settings.LongestMessage}");
        var reply = (Frame.Reply)await _pending.AskAsync(
            id => Queue(new Frame.Ask(id, message.Type, message.Body)),
            deadline, $"{Session.Peer} has not answered '{message.Type}' within {deadline.TotalSeconds:0.###} s", cancellationToken);
        return reply.Refusal is null ? new PeerReply(reply.Body ?? Null) : throw new PeerException(PeerFailure.Refused, reply.Refusal);
    }

    public void Dispose()
    {
        _channel.Dispose();
        _end.Dispose();
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (await _channel.ReceiveAsync(_settings.LongestMessage, _ended) is { } bytes)
            {
                Interlocked.Exchange(ref _heardAt, _time.GetTimestamp());
                if (Session.Ended is null)
                    Take(Frame.Read(bytes));
            }

            End($"{Session.Peer} closed the connection");
        }
        catch (PeerChannelException e)
        {
            End(e.Message, tell: true);
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // Its end.
        }
    }

    private void Take(Frame frame)
    {
        switch (frame)
        {
            case Frame.Ask ask:
                _ = AnswerAsync(ask);
                break;
            case Frame.Ping ping:
                Queue(new Frame.Pong(ping.Id));
                break;
            case Frame.Reply reply:
                _pending.Complete(reply.Id, reply);
                break;
            case Frame.Pong pong:
                _pending.Complete(pong.Id, pong);
                break;
            case Frame.Goodbye goodbye:
                End(goodbye.Reason);
                break;
            case Frame.Refused refused:
                End($"refused by {Session.Peer}: {refused.Reason}");
                break;
            default:
                End($"{Session.Peer} sent a second hello", tell: true);
                break;
        }
    }

    private async Task AnswerAsync(Frame.Ask ask)
    {
        var reply = await _handlers.AnswerAsync(Session, ask, _ended);
        var tooLarge = reply.ToBytes().Length > _settings.LongestMessage;
        Queue(tooLarge ? new Frame.Reply(ask.Id, null, $"the reply to '{ask.Type}' is larger than {_settings.LongestMessage} bytes") : reply);
    }

    // After the end nobody takes it any more, and the channel takes nothing.
    private void Queue(Frame frame) => _outgoing.Writer.TryWrite(frame.ToBytes());

    private async Task SendAsync()
    {
        try
        {
            while (await _outgoing.Reader.WaitToReadAsync(_ended))
            {
                while (_outgoing.Reader.TryRead(out var bytes))
                    await _channel.SendAsync(bytes, _ended);
            }
        }
        catch (PeerChannelException e)
        {
            End(e.Message);
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // Its end.
        }
    }
}
