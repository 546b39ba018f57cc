using VmSupervisor.Domain;

namespace VmSupervisor.Linux;

/// <summary>
/// Tells when processes have exited, and reaps our own children. One per supervisor: all who wait for a process share
/// one watch, so that each of them learns the status that can be fetched only once.
/// </summary>
internal sealed class ExitWatcher(Readiness readiness) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<int, Watch> watches = [];

    /// <summary>
    /// Completes when the process has exited: with its status if it is our child, of unknown status otherwise. The
    /// handle may be disposed while this waits. Cancelling gives up waiting only; a child that nobody waits for any
    /// more is reaped all the same.
    /// </summary>
    public async Task<ProcessExit> WaitAsync(PidFd process, CancellationToken cancellationToken)
    {
        var watch = Join(process);
        try
        {
            return await watch.Exit.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave(watch);
        }
    }

    /// <summary>Gives up all watches; those who wait are cancelled.</summary>
    public void Dispose()
    {
        Watch[] all;
        lock (gate)
            all = [.. watches.Values];
        foreach (var watch in all)
            watch.Stop.Cancel();
    }

    private Watch Join(PidFd process)
    {
        lock (gate)
        {
            // While it is in the table it has not been reaped by us, so the same pid is the same process.
            if (!watches.TryGetValue(process.Pid, out var watch))
            {
                watch = new Watch(process.Pid);
                watches.Add(process.Pid, watch);
                watch.Exit = FollowAsync(watch, process);
            }

            watch.Waiting++;
            return watch;
        }
    }

    private void Leave(Watch watch)
    {
        lock (gate)
        {
            if (--watch.Waiting > 0 || watch.IsChild || watch.Exit.IsCompleted)
                return;
            Forget(watch);
        }

        watch.Stop.Cancel();
    }

    private async Task<ProcessExit> FollowAsync(Watch watch, PidFd process)
    {
        var held = false;
        try
        {
            process.DangerousAddRef(ref held);
            watch.IsChild = process.IsChild;
            await readiness.WaitAsync(process, watch.Stop.Token).ConfigureAwait(false);
            lock (gate)
            {
                Forget(watch);

                // Nothing to take although it has exited: a debugger has the first claim on it.
                return process.Reap() ?? ProcessExit.Unknowable;
            }
        }
        finally
        {
            lock (gate)
                Forget(watch);
            if (held)
                process.DangerousRelease();
        }
    }

    private void Forget(Watch watch)
    {
        if (watches.GetValueOrDefault(watch.Pid) == watch)
            watches.Remove(watch.Pid);
    }

    private sealed class Watch(int pid)
    {
        public int Pid => pid;

        public bool IsChild { get; set; }

        public int Waiting { get; set; }

        public CancellationTokenSource Stop { get; } = new();

        public Task<ProcessExit> Exit { get; set; } = Task.FromResult(ProcessExit.Unknowable);
    }
}
