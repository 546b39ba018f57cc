using VmSupervisor.Domain;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu.Monitor;

/// <summary>
/// Turns a connection's events into news of the guest: first the state it finds, then what happens, in order.
/// </summary>
internal sealed class GuestFollower(MonitorSession session, TimeSpan deadline, Action<GuestNews> news)
{
    private GuestState? told;
    private long toldAt;

    /// <summary>Returns why there is nothing more to follow; also when it is cancelled.</summary>
    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await session.OpenForEventsAsync(deadline, cancellationToken) switch
            {
                QmpOpened.Ready(var connection) => await FollowAsync(connection, cancellationToken),
                QmpOpened.Failed(var fault) => fault.Detail,
                _ => throw new InvalidOperationException(),
            };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return "it was not wanted any more";
        }
    }

    private async Task<string> FollowAsync(QmpConnection connection, CancellationToken cancellationToken)
    {
        await TellStateAsync(connection, cancellationToken);
        await foreach (var one in connection.Events.ReadAllAsync(cancellationToken))
        {
            switch (one)
            {
                case QmpEvent.Shutdown { Guest: true, Reason: var reason }:
                    news(new GuestNews.PoweredOff(reason));
                    break;
                case QmpEvent.GuestPanicked:
                    news(new GuestNews.Panicked());
                    break;
                case QmpEvent.Reset { Guest: var byGuest }:
                    news(new GuestNews.Reset(byGuest));

                    // A machine that is reset while it is stopped goes back to prelaunch without another word.
                    await TellStateAfterAsync(one, connection, cancellationToken);
                    break;
                case QmpEvent.RunStateChanged:
                    await TellStateAfterAsync(one, connection, cancellationToken);
                    break;
                case QmpEvent.Shutdown or QmpEvent.Other:
                    break;
                default:
                    throw new InvalidOperationException();
            }
        }

        return (await connection.Closed).Detail;
    }

    // A state that was asked for after the event came is the newer truth, and was told.
    private Task TellStateAfterAsync(QmpEvent one, QmpConnection connection, CancellationToken cancellationToken) =>
        one.Sequence < toldAt ? Task.CompletedTask : TellStateAsync(connection, cancellationToken);

    private async Task TellStateAsync(QmpConnection connection, CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (await connection.ExecuteAsync(QmpCommands.QueryStatus, deadline, cancellationToken))
            {
                case QmpResult<QmpStatus>.Returned(var status, var sequence):
                    toldAt = sequence;
                    if (told != status.Guest)
                        news(new GuestNews.State((told = status.Guest).Value));
                    return;
                case QmpResult<QmpStatus>.Unanswered:
                    // A frozen QEMU: what it says when it thaws is news as well.
                    continue;
                default:
                    return;
            }
        }
    }
}
