using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using VmSupervisor.Linux;

namespace VmSupervisor.Qemu.Qmp;

/// <summary>
/// A negotiated QMP connection.
/// </summary>
/// <remarks>
/// <code>
///   stream ─► reader ─┬─ event ─► backlog ─► Events      (never waits for whoever takes them)
///                     └─ reply ─► the call with its id
///   calls ─► queue ─► writer ─► stream                   (a peer that does not read stalls the writer, nobody else)
/// </code>
/// The reader alone decides that the connection has ended: what came before the end is delivered first, also when
/// writing has long failed.
/// </remarks>
internal sealed class QmpConnection : IAsyncDisposable
{
    private readonly Stream stream;
    private readonly TimeProvider time;
    private readonly QmpLimits limits;
    private readonly CancellationTokenSource disposing = new();

    // The writer runs on its callers' threads: one wake-up less per command, and a socket rarely makes it wait.
    private readonly Channel<QmpCall> outgoing = Channel.CreateUnbounded<QmpCall>(new() { SingleReader = true, AllowSynchronousContinuations = true });
    private readonly Channel<QmpEvent> backlog = Channel.CreateUnbounded<QmpEvent>();
    private readonly TaskCompletionSource<QmpGreeting> greeting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<QmpFault> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private readonly Dictionary<long, QmpCall> calls = [];
    private readonly Task loops;
    private QmpFault? fault;
    private long lastId;
    private long sequence;

    private QmpConnection(Stream stream, TimeProvider time, QmpLimits limits)
    {
        (this.stream, this.time, this.limits) = (stream, time, limits);
        loops = Task.WhenAll(ReadAsync(), WriteAsync());
    }

    /// <summary>What QEMU said of itself.</summary>
    public QmpGreeting Greeting { get; private set; } = QmpGreeting.None;

    /// <summary>All events since the greeting, in order; ends with the connection. One consumer.</summary>
    public ChannelReader<QmpEvent> Events => backlog.Reader;

    /// <summary>
    /// Every event, for those who only want to know when to look again; they run on the reader, so they return at once and
    /// do not throw.
    /// </summary>
    public event Action<QmpEvent>? EventArrived;

    /// <summary>Completes with the reason when the connection has ended; never fails.</summary>
    public Task<QmpFault> Closed => closed.Task;

    /// <summary>How many replies came that nobody waited for (any more).</summary>
    public long StrayReplies { get; private set; }

    /// <summary>
    /// Takes over a stream: awaits the greeting and negotiates, within <paramref name="deadline"/> in all. The stream
    /// is disposed with the connection, and when there is none.
    /// </summary>
    public static async Task<QmpOpened> OpenAsync(Stream stream, TimeSpan deadline, TimeProvider time, QmpLimits limits, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var connection = new QmpConnection(stream, time, limits);
        try
        {
            QmpFault fault;
            var first = await Task.WhenAny(connection.greeting.Task, connection.closed.Task)
                .WaitAsync(deadline, time, cancellationToken);
            if (first == connection.closed.Task)
            {
                fault = await connection.closed.Task;
            }
            else
            {
                connection.Greeting = await connection.greeting.Task;
                var left = deadline - time.GetElapsedTime(began);
                var negotiated = await connection.ExecuteAsync(QmpCommands.Capabilities(connection.Greeting.OffersOutOfBand), left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken);
                switch (negotiated)
                {
                    case QmpResult<QmpNothing>.Returned:
                        return new QmpOpened.Ready(connection);
                    case QmpResult<QmpNothing>.Refused(_, var description):
                        fault = new(QmpFaultKind.Refused, $"the monitor refused to negotiate: {description}");
                        break;
                    case QmpResult<QmpNothing>.Lost(var lost):
                        fault = lost;
                        break;
                    default:
                        throw new TimeoutException();
                }
            }

            await connection.DisposeAsync();
            return new QmpOpened.Failed(fault);
        }
        catch (TimeoutException)
        {
            var what = connection.greeting.Task.IsCompleted ? "greeted and did not negotiate" : "did not greet";
            await connection.DisposeAsync();
            return new QmpOpened.Failed(new(QmpFaultKind.Silent, $"the monitor {what} within {deadline.TotalSeconds:0.###} s"));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a command and awaits its reply, not longer than the deadline; only cancelling throws.</summary>
    public async Task<QmpResult<T>> ExecuteAsync<T>(QmpCommand<T> command, TimeSpan deadline, CancellationToken cancellationToken)
        where T : class
    {
        using var call = new QmpCall(Interlocked.Increment(ref lastId), command.Name, command.Arguments, deadline, time, cancellationToken)
        {
            Descriptor = command.Descriptor,
            OutOfBand = command.OutOfBand && Greeting.OffersOutOfBand,
        };
        lock (gate)
        {
            if (fault is not null)
                return new QmpResult<T>.Lost(fault);
            calls.Add(call.Id, call);
        }

        try
        {
            outgoing.Writer.TryWrite(call);
            return (await call.Result).Select(command.Read);
        }
        finally
        {
            lock (gate)
                calls.Remove(call.Id);
        }
    }

    /// <summary>Closes the connection; what is under way is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        End(new(QmpFaultKind.Disposed, "the monitor connection was closed by this supervisor"));
        await loops;
        disposing.Dispose();
    }

    private void End(QmpFault with)
    {
        QmpCall[] lost;
        lock (gate)
        {
            if (fault is not null)
                return;
            fault = with;
            lost = [.. calls.Values];
        }

        foreach (var call in lost)
            call.End(new QmpResult<JsonElement>.Lost(with));
        backlog.Writer.TryComplete();
        outgoing.Writer.TryComplete();
        closed.TrySetResult(with);
        disposing.Cancel();
        stream.Dispose();
    }

    private async Task ReadAsync()
    {
        var lines = new QmpLineReader(stream, limits.MaxLine);
        try
        {
            while (true)
            {
                var line = await lines.ReadAsync(disposing.Token);
                if ((line.Fault ?? Take(line.Bytes.Span)) is not { } ended)
                    continue;
                End(ended);
                return;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // End was called; it has said why.
        }
        catch (Exception e)
        {
            // Whatever it is: a reader that is gone must not leave callers waiting for it.
            End(new(QmpFaultKind.Malformed, $"what the monitor sent could not be read: {e.Message}"));
        }
    }

    private QmpFault? Take(ReadOnlySpan<byte> line)
    {
        sequence++;
        if (!QmpJson.TryParse(line, out var message))
            return new(QmpFaultKind.Malformed, $"the monitor sent something that is not QMP: {QmpJson.Excerpt(line)}");
        if (message.TryText("event", out var name))
        {
            // Dropping one silently could hide a power-off, and waiting would block the replies behind it.
            if (backlog.Reader.Count >= limits.MaxBacklog)
                return new(QmpFaultKind.Overflow, $"{limits.MaxBacklog} events wait for whoever follows the guest");
            var one = QmpEvent.Read(sequence, name, message);
            backlog.Writer.TryWrite(one);
            EventArrived?.Invoke(one);
            return null;
        }

        if (message.TryField("return", out var value))
            Answer(message, new QmpResult<JsonElement>.Returned(value, sequence));
        else if (message.TryField("error", out var error))
            Answer(message, Refused(error));
        else if (message.TryField("QMP", out var qmp))
            greeting.TrySetResult(QmpGreeting.Read(qmp));
        else
            return new(QmpFaultKind.Malformed, $"the monitor sent neither a reply nor an event: {QmpJson.Excerpt(line)}");
        return null;
    }

    private static QmpResult<JsonElement>.Refused Refused(JsonElement error) => new(
        error.TryText("class", out var @class) ? @class : "GenericError",
        error.TryText("desc", out var description) ? description : QmpJson.Excerpt(error.GetRawText()));

    private void Answer(JsonElement message, QmpResult<JsonElement> with)
    {
        QmpCall? call = null;
        if (message.TryNumber("id", out var id))
        {
            lock (gate)
                calls.TryGetValue(id, out call);
        }

        // Not a fault: the reply to a command whose deadline ran out comes late.
        if (call is null)
            StrayReplies++;
        else
            call.End(with);
    }

    private async Task WriteAsync()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        try
        {
            await foreach (var call in outgoing.Reader.ReadAllAsync(disposing.Token))
            {
                if (call.Result.IsCompleted)
                    continue;
                buffer.ResetWrittenCount();
                QmpFrame.Write(buffer, call);
                if (call.Descriptor is { } descriptor)
                    await ((UnixSocketStream)stream).WriteWithAsync(buffer.WrittenMemory, descriptor, disposing.Token);
                else
                    await stream.WriteAsync(buffer.WrittenMemory, disposing.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The peer takes nothing any more. What it has sent is still to be read; its end ends the calls.
        }
    }
}
