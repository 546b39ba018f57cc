using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu.Launch;

/// <summary>Looks at a process that is believed to run.</summary>
/// <remarks>
/// The pidfd alone is silent for milliseconds after a SIGKILL, so the monitor is asked too: a process that is dying
/// cannot answer a question that was asked after the kill, and the end of its connection comes as soon as its files
/// are closed.
/// </remarks>
internal sealed class ProcessLook(HypervisorOptions options, ProcessFinder finder, TimeProvider time)
{
    public async Task<LookResult> LookAsync(IncarnationHandle life, ProcessIdentity identity, CancellationToken cancellationToken)
    {
        if (HasEnded(life, identity))
            return new LookResult.Dying();
        var began = time.GetTimestamp();
        while (true)
        {
            var left = options.LookDeadline - time.GetElapsedTime(began);
            switch (await life.Monitor.ExecuteAsync(QmpCommands.QueryStatus, left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken))
            {
                case QmpResult<QmpStatus>.Returned(var status, _):
                    return new LookResult.Answers(status.Guest);
                case QmpResult<QmpStatus>.Lost({ Kind: QmpFaultKind.Closed or QmpFaultKind.NobodyListens }):
                    return new LookResult.Dying();

                // The connection was lost by another fault than its end, such as a flood of events: on a new one.
                case QmpResult<QmpStatus>.Lost({ Kind: QmpFaultKind.Overflow or QmpFaultKind.Malformed or QmpFaultKind.LineTooLong })
                    when time.GetElapsedTime(began) < options.LookDeadline:
                    continue;
                default:
                    return HasEnded(life, identity) ? new LookResult.Dying() : new LookResult.Unresponsive();
            }
        }
    }

    private bool HasEnded(IncarnationHandle life, ProcessIdentity identity)
    {
        if (life.Process is { } launched && launched.Identity == identity)
            return launched.Exit.IsCompleted || launched.Handle.HasExited;
        try
        {
            switch (finder.Find(life, identity))
            {
                case IdentityVerdict.Ours(var process, var dying):
                    using (process)
                        return dying || process.HasExited;
                case IdentityVerdict.Gone:
                    return true;
                default:
                    return false;
            }
        }
        catch (IOException)
        {
            // It could not be looked at; the monitor decides.
            return false;
        }
    }
}
