using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu.Monitor;

/// <summary>Commands in a row, of which the first that fails ends the whole.</summary>
internal sealed class MonitorCalls(MonitorSession session, TimeSpan deadline)
{
    /// <summary>What a command returns.</summary>
    /// <exception cref="MonitorTrouble">It was refused or not answered.</exception>
    public async Task<T> AskAsync<T>(QmpCommand<T> command, CancellationToken cancellationToken)
        where T : class =>
        await session.ExecuteAsync(command, deadline, cancellationToken) switch
        {
            QmpResult<T>.Returned(var value, _) => value,
            var failed => throw Trouble(failed),
        };

    /// <summary>Whether QEMU did it; false when it refused.</summary>
    /// <exception cref="MonitorTrouble">It was not answered.</exception>
    public async Task<bool> TryAsync<T>(QmpCommand<T> command, CancellationToken cancellationToken)
        where T : class =>
        await session.ExecuteAsync(command, deadline, cancellationToken) switch
        {
            QmpResult<T>.Returned => true,
            QmpResult<T>.Refused => false,
            var failed => throw Trouble(failed),
        };

    private static MonitorTrouble Trouble<T>(QmpResult<T> result)
        where T : class => new(result.Failure()!, (result as QmpResult<T>.Lost)?.Fault);
}
