using VmSupervisor.Domain;
using VmSupervisor.Linux;

namespace VmSupervisor.Qemu.Launch;

/// <summary>Ends whatever of an incarnation lives, and makes sure of it.</summary>
/// <remarks>
/// The lock is the proof: who gets it knows that no process of the incarnation lives and, since a launch spawns only
/// with the lock in hand, that none appears. Until then: kill what is surely ours, wait a moment, look again. What is
/// not surely ours is never signalled; a person is told.
/// </remarks>
internal sealed class Extinguisher(HypervisorOptions options, ProcessFinder finder, ExitWatcher exits, Readiness readiness, TimeProvider time)
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(250);

    public async Task<ProcessExit> ExtinguishAsync(IncarnationHandle life, ProcessIdentity? identity, Action<string> stuck, CancellationToken cancellationToken)
    {
        if (identity is not null && identity.BootId != finder.BootId)
            return ProcessExit.Unknowable;
        var reports = new StuckReports(stuck, options.StuckAfter, time);
        var exit = Kill(life, identity, reports);
        while (true)
        {
            try
            {
                if (await IncarnationLock.IsFreeAsync(life.Files.Lock, Turn, readiness, time, cancellationToken))
                    return exit is null ? ProcessExit.Unknowable : await ReapAsync(exit, life, reports, cancellationToken);

                // One SIGKILL is enough for a process; what comes into sight later, or holds on after it, is another.
                if (exit is null or { IsCompleted: true })
                {
                    exit = Kill(life, identity, reports) ?? exit;
                    KillHolders(life, reports);
                }

                reports.Pass($"something still holds {life.Files.Lock} after SIGKILL (uninterruptible sleep?)");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                reports.Pass(e.Message);
                await Task.Delay(Turn, time, cancellationToken);
            }
        }
    }

    /// <summary>Kills the process that is known; its exit, or null when there is none.</summary>
    private Task<ProcessExit>? Kill(IncarnationHandle life, ProcessIdentity? identity, StuckReports reports)
    {
        try
        {
            if (life.Process is { } launched)
            {
                if (!launched.Exit.IsCompleted)
                    launched.Handle.Signal(Linux.Signal.Kill);
                return launched.Exit;
            }

            switch (identity is null ? new IdentityVerdict.Gone() : finder.Find(life, identity))
            {
                case IdentityVerdict.Ours(var process, _):
                    process.Signal(Linux.Signal.Kill);
                    return WaitAndCloseAsync(process);
                case IdentityVerdict.Ambiguous(var reason):
                    reports.Remember(reason);
                    return null;
                default:
                    return null;
            }
        }
        catch (IOException e)
        {
            reports.Remember(e.Message);
            return null;
        }
    }

    private async Task<ProcessExit> WaitAndCloseAsync(PidFd process)
    {
        using (process)
            return await exits.WaitAsync(process, CancellationToken.None);
    }

    private void KillHolders(IncarnationHandle life, StuckReports reports)
    {
        foreach (var holder in finder.FindHolders(life))
        {
            using (holder)
            {
                if (holder.IsOurs)
                    holder.Process.Signal(Linux.Signal.Kill);
                else
                    reports.Remember(holder.Describe(life.Files.Lock));
            }
        }
    }

    // The lock is free a moment before the process is a zombie, and not at all proof when its file was replaced.
    private async Task<ProcessExit> ReapAsync(Task<ProcessExit> exit, IncarnationHandle life, StuckReports reports, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await exit.WaitAsync(Turn, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                reports.Pass($"the process does not come to an end after SIGKILL ({life.Key.RunDirectory}; uninterruptible sleep?)");
            }
        }
    }
}
