using System.Net.Sockets;
using VmSupervisor.Linux;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu.Monitor;

/// <summary>
/// The one client of an incarnation's monitor. QEMU serves one connection at a time, so whoever wants something of it
/// shares this one: it is opened by whoever comes first (the launch, or after a restart of the supervisor a probe, a
/// command or the follower), kept, and opened again when it was lost.
/// </summary>
/// <remarks>
/// Events wait in the connection from its greeting on, until the follower takes them; also those of a connection that
/// has ended, until another one has been opened.
/// </remarks>
/// <param name="path">The monitor's socket.</param>
/// <param name="openDeadline">How long an opening goes on, also when who asked for it has given up.</param>
/// <param name="limits">What is believed of QEMU.</param>
/// <param name="time">The clock of all deadlines.</param>
internal sealed class MonitorSession(string path, TimeSpan openDeadline, QmpLimits limits, TimeProvider time) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource disposing = new();
    private QmpConnection? current;
    private Task<QmpOpened>? opening;

    /// <summary>Every event of whatever connection there is; see <see cref="QmpConnection.EventArrived"/>.</summary>
    public event Action<QmpEvent>? EventArrived;

    /// <summary>The connection, opened when there is none; within the deadline.</summary>
    public async Task<QmpOpened> OpenAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        Task<QmpOpened> joined;
        lock (gate)
        {
            if (disposing.IsCancellationRequested)
                return Failed(QmpFaultKind.Disposed, "the monitor session is over");
            if (current is { Closed.IsCompleted: false })
                return new QmpOpened.Ready(current);
            if (opening is null or { IsCompleted: true })
                opening = ConnectAsync(deadline > openDeadline ? deadline : openDeadline);
            joined = opening;
        }

        try
        {
            return await joined.WaitAsync(deadline, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return Failed(QmpFaultKind.Silent, $"the monitor did not greet within {deadline.TotalSeconds:0.###} s");
        }
        catch (OperationCanceledException) when (disposing.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Failed(QmpFaultKind.Disposed, "the monitor session is over");
        }
    }

    /// <summary>
    /// The connection whose events are next: one that has ended comes first while it has events left.
    /// </summary>
    public Task<QmpOpened> OpenForEventsAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (current is { Events.Completion.IsCompleted: false } connection)
                return Task.FromResult<QmpOpened>(new QmpOpened.Ready(connection));
        }

        return OpenAsync(deadline, cancellationToken);
    }

    /// <summary>A command, on the connection that there is or on a new one; opening and answering within the deadline.</summary>
    public async Task<QmpResult<T>> ExecuteAsync<T>(QmpCommand<T> command, TimeSpan deadline, CancellationToken cancellationToken)
        where T : class
    {
        var began = time.GetTimestamp();
        switch (await OpenAsync(deadline, cancellationToken))
        {
            case QmpOpened.Ready(var connection):
                var left = deadline - time.GetElapsedTime(began);
                return await connection.ExecuteAsync(command, left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken);
            case QmpOpened.Failed({ Kind: QmpFaultKind.Silent }):
                return new QmpResult<T>.Unanswered(deadline);
            case QmpOpened.Failed(var fault):
                return new QmpResult<T>.Lost(fault);
            default:
                throw new InvalidOperationException();
        }
    }

    /// <summary>Closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        Task<QmpOpened>? unfinished;
        lock (gate)
        {
            if (disposing.IsCancellationRequested)
                return;
            disposing.Cancel();
            unfinished = opening;
        }

        if (unfinished is not null)
            await ((Task)unfinished).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (current is not null)
            await current.DisposeAsync();
    }

    private static QmpOpened.Failed Failed(QmpFaultKind kind, string detail) => new(new(kind, detail));

    private async Task<QmpOpened> ConnectAsync(TimeSpan deadline)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), disposing.Token);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            return Failed(
                e.SocketErrorCode == SocketError.ConnectionRefused ? QmpFaultKind.NobodyListens : QmpFaultKind.Unreachable,
                $"cannot connect to {path}: {e.Message}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var opened = await QmpConnection.OpenAsync(new UnixSocketStream(socket, time), deadline, time, limits, disposing.Token);
        if (opened is not QmpOpened.Ready(var connection))
            return opened;
        connection.EventArrived += one => EventArrived?.Invoke(one);
        QmpConnection? former;
        lock (gate)
            (former, current) = (current, connection);
        if (former is not null)
            await former.DisposeAsync();
        return opened;
    }
}
