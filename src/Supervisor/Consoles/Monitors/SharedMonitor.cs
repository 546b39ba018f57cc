using VmSupervisor.Qemu.Monitor;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Consoles.Monitors;

/// <summary>
/// An incarnation's monitor for people. QEMU serves one connection of a socket at a time, so all who are there share
/// this one: commands go one after the other, each answer to who asked, events to all.
/// </summary>
/// <remarks>
/// It is not the supervisor's own monitor, which nobody else can keep waiting. It is open only while somebody is here,
/// so that a person without a daemon's help finds the socket free.
/// </remarks>
internal sealed class SharedMonitor(string path, TimeProvider time) : IAsyncDisposable
{
    /// <summary>QMP greets in milliseconds, but not before whoever else has connected is gone.</summary>
    public static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(5);

    /// <summary>What people ask for may take minutes (a snapshot of a large guest); a monitor that hangs, takes for ever.</summary>
    public static readonly TimeSpan CommandLimit = TimeSpan.FromMinutes(10);

    private readonly MonitorSession session = new(path, OpenLimit, new QmpLimits(), time);
    private readonly Lock gate = new();
    private readonly List<Action<QmpEvent>> listeners = [];
    private QmpConnection? followed;
    private Task following = Task.CompletedTask;

    /// <summary>How many are here; its owner counts.</summary>
    public int Users { get; set; }

    /// <summary>Opens it, when it is not open.</summary>
    public async Task<QmpOpened> OpenAsync(CancellationToken cancellationToken)
    {
        var opened = await session.OpenAsync(OpenLimit, cancellationToken);
        if (opened is QmpOpened.Ready(var connection))
            Follow(connection);
        return opened;
    }

    /// <summary>Has QEMU do something.</summary>
    public async Task<QmpResult<QmpValue>> ExecuteAsync(QmpCommand<QmpValue> command, CancellationToken cancellationToken) =>
        await OpenAsync(cancellationToken) switch
        {
            QmpOpened.Ready(var connection) => await connection.ExecuteAsync(command, CommandLimit, cancellationToken),
            QmpOpened.Failed({ Kind: QmpFaultKind.Silent }) => new QmpResult<QmpValue>.Unanswered(OpenLimit),
            QmpOpened.Failed(var fault) => new QmpResult<QmpValue>.Lost(fault),
            _ => throw new InvalidOperationException(),
        };

    /// <summary>Whom to tell of events: it must not wait.</summary>
    public void Listen(Action<QmpEvent> listener)
    {
        lock (gate)
            listeners.Add(listener);
    }

    public void Leave(Action<QmpEvent> listener)
    {
        lock (gate)
            listeners.Remove(listener);
    }

    public async ValueTask DisposeAsync()
    {
        await session.DisposeAsync();
        await following;
    }

    private void Follow(QmpConnection connection)
    {
        lock (gate)
        {
            if (followed == connection)
                return;
            followed = connection;
            following = Task.WhenAll(following, TellAsync(connection));
        }
    }

    private async Task TellAsync(QmpConnection connection)
    {
        await foreach (var happened in connection.Events.ReadAllAsync())
        {
            Action<QmpEvent>[] all;
            lock (gate)
                all = [.. listeners];
            foreach (var listener in all)
                listener(happened);
        }
    }
}
