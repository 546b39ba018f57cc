using System.Threading.Channels;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu.Monitor;

/// <summary>
/// Rings when QEMU says one of some things by itself. It tells when to look again, not what happened: the look does, and
/// so an event that was lost with its connection costs a moment and nothing else.
/// </summary>
internal sealed class EventBell : IDisposable
{
    private readonly Channel<bool> rings = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly MonitorSession session;
    private readonly string[] names;
    private readonly TimeProvider time;

    public EventBell(MonitorSession session, TimeProvider time, params string[] names)
    {
        (this.session, this.time, this.names) = (session, time, names);
        session.EventArrived += Ring;
    }

    /// <summary>Returns when it has rung since the last wait, or after a while.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var enough = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancellationToken);
        try
        {
            await rings.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nothing rang.
        }
    }

    public void Dispose() => session.EventArrived -= Ring;

    private void Ring(QmpEvent one)
    {
        if (names.Contains(one.Name))
            rings.Writer.TryWrite(true);
    }
}
