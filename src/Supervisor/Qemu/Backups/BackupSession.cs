using VmSupervisor.Domain;
using VmSupervisor.Qemu.Agents;
using VmSupervisor.Qemu.Launch;
using VmSupervisor.Qemu.Monitor;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu.Backups;

/// <summary>One call about one backup: what it is called, where its files are, and the monitor.</summary>
internal sealed class BackupSession(IncarnationHandle life, BackupRequest request, HypervisorOptions options, TimeProvider time) : IDisposable
{
    /// <summary>How long an end is waited for before QEMU is asked again; nearly always an event comes first.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);

    private readonly BackupNames names = new(request.Id);

    public BackupRequest Request => request;

    public BackupNames Names => names;

    public BackupFiles Files { get; } = new(request, new(request.Id));

    public MonitorCalls Monitor { get; } = new(life.Monitor, options.CommandDeadline);

    public GuestFreeze Freeze { get; } = new(life.Files.Agent, options, time);

    public EventBell Bell { get; } = new(life.Monitor, time, "JOB_STATUS_CHANGE");

    /// <summary>The jobs of this backup that QEMU has.</summary>
    /// <exception cref="MonitorTrouble">It did not say.</exception>
    public async Task<IReadOnlyList<QmpJob>> JobsAsync(CancellationToken cancellationToken) =>
        [.. (await Monitor.AskAsync(BlockCommands.QueryJobs, cancellationToken)).All.Where(job => names.IsOurs(job.Id))];

    /// <summary>
    /// Ends what runs of it, closes its images and removes its files. QEMU also does the first two by itself when it
    /// quits or is terminated, in 10 ms (checked on 7.2); the files stay then.
    /// </summary>
    /// <exception cref="MonitorTrouble">QEMU did not answer, or keeps an image open.</exception>
    public async Task UndoAsync(CancellationToken cancellationToken)
    {
        var failed = false;
        while (await JobsAsync(cancellationToken) is { Count: > 0 } jobs)
        {
            failed |= jobs.Any(job => job.Error is not null);

            // Cancelling one of a transaction ends the others, and what is concluded cannot be cancelled: refusals are fine.
            foreach (var job in jobs)
                await Monitor.TryAsync(job.IsConcluded ? BlockCommands.Dismiss(job.Id) : BlockCommands.Cancel(job.Id), cancellationToken);
            if (jobs.Any(job => !job.IsConcluded))
                await Bell.WaitAsync(Turn, cancellationToken);
        }

        if (failed)
            await LetGoOnAsync(cancellationToken);
        await CloseTargetsAsync(cancellationToken);
        Files.Remove();
    }

    /// <summary>Closes the images that are written to; what QEMU has of them in memory is written.</summary>
    /// <exception cref="MonitorTrouble">QEMU did not answer, or keeps one open.</exception>
    public async Task CloseTargetsAsync(CancellationToken cancellationToken)
    {
        // A cancel and a follower that sees it may do this at the same time: what one finds closed is fine.
        foreach (var node in await OpenTargetsAsync(cancellationToken))
            await Monitor.TryAsync(BlockCommands.Close(node), cancellationToken);
        foreach (var node in await OpenTargetsAsync(cancellationToken))
            await Monitor.AskAsync(BlockCommands.Close(node), cancellationToken);
    }

    /// <summary>
    /// Lets a guest go on that a failed copy has stopped. Before it writes where nothing was copied yet, the old content is
    /// copied; if the target is full then, 7.2 fails the guest's write, for which the disk's device stops the guest
    /// (<c>io-error</c>) and keeps the write to be done again. The copy is gone now, so it will do. A guest whose own image
    /// store is full stops again, and nothing was lost.
    /// </summary>
    private async Task LetGoOnAsync(CancellationToken cancellationToken)
    {
        if ((await Monitor.AskAsync(QmpCommands.QueryStatus, cancellationToken)).Guest == GuestState.IoError)
            await Monitor.TryAsync(QmpCommands.Continue, cancellationToken);
    }

    private async Task<string[]> OpenTargetsAsync(CancellationToken cancellationToken)
    {
        var open = (await Monitor.AskAsync(BlockCommands.QueryNodes, cancellationToken)).All;
        return [.. request.Disks.SelectMany(disk => new[] { names.Target(disk), names.Unformatted(disk) }).Where(open.ContainsKey)];
    }

    public void Dispose() => Bell.Dispose();
}
