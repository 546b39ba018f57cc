using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace VmSupervisor.Migration.Connections;

/// <summary>Who answers what peers ask, and takes their streams.</summary>
internal sealed partial class PeerHandlers(ILogger logger)
{
    // Above this a peer is in a loop: a node has some migrations at a time.
    private const int MostAtOnce = 1024;

    private readonly ConcurrentDictionary<string, Func<PeerRequest, CancellationToken, Task<PeerReply>>> _messages = new();
    private readonly ConcurrentDictionary<string, Func<PeerSession, Stream, CancellationToken, Task>> _streams = new();
    private int _underWay;

    public IDisposable Handle(string type, Func<PeerRequest, CancellationToken, Task<PeerReply>> handler) => Register(_messages, type, handler);

    public IDisposable HandleStreams(string name, Func<PeerSession, Stream, CancellationToken, Task> handler) => Register(_streams, name, handler);

    public Func<PeerSession, Stream, CancellationToken, Task>? FindStream(string name) => _streams.GetValueOrDefault(name);

    public async Task<Frame.Reply> AnswerAsync(PeerSession session, Frame.Ask ask, CancellationToken ended)
    {
        try
        {
            if (Interlocked.Increment(ref _underWay) > MostAtOnce)
                throw new PeerRefusalException($"more than {MostAtOnce} messages at once");
            var handler = _messages.GetValueOrDefault(ask.Type) ?? throw new PeerRefusalException($"nobody here handles '{ask.Type}'");
            var reply = await handler(new PeerRequest(session, new PeerMessage(ask.Type, ask.Body)), ended);
            return new Frame.Reply(ask.Id, reply.Body, null);
        }
        catch (PeerRefusalException e)
        {
            return new Frame.Reply(ask.Id, null, e.Message);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return new Frame.Reply(ask.Id, null, "the connection ended");
        }
        catch (Exception e)
        {
            LogUnexpected(e, ask.Type, session.Peer);
            return new Frame.Reply(ask.Id, null, $"'{ask.Type}' failed unexpectedly, the log of that node says more: {e.Message}");
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private static Registration Register<T>(ConcurrentDictionary<string, T> handlers, string key, T handler)
        where T : class
    {
        if (!handlers.TryAdd(key, handler))
            throw new InvalidOperationException($"'{key}' has a handler already");
        return new Registration(() => handlers.TryRemove(new KeyValuePair<string, T>(key, handler)));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "'{Type}' of {Peer} failed unexpectedly")]
    private partial void LogUnexpected(Exception exception, string type, string peer);
}
