using VmSupervisor.Qemu.Agents;
using VmSupervisor.Qemu.Launch;
using VmSupervisor.Qemu.Monitor;

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
        while (await JobsAsync(cancellationToken) is { Count: > 0 } jobs)
        {
            // Cancelling one of a transaction ends the others, and what is concluded cannot be cancelled: refusals are fine.
            foreach (var job in jobs)
                await Monitor.TryAsync(job.IsConcluded ? BlockCommands.Dismiss(job.Id) : BlockCommands.Cancel(job.Id), cancellationToken);
            if (jobs.Any(job => !job.IsConcluded))
                await Bell.WaitAsync(Turn, cancellationToken);
        }

        await CloseTargetsAsync(cancellationToken);
        Files.Remove();
    }

    /// <summary>Closes the images that are written to; what QEMU has of them in memory is written.</summary>
    /// <exception cref="MonitorTrouble">QEMU did not answer, or keeps one open.</exception>
    public async Task CloseTargetsAsync(CancellationToken cancellationToken)
    {
        var open = (await Monitor.AskAsync(BlockCommands.QueryNodes, cancellationToken)).Sizes;
        foreach (var node in request.Disks.SelectMany(disk => new[] { names.Target(disk), names.Unformatted(disk) }).Where(open.ContainsKey))
            await Monitor.AskAsync(BlockCommands.Close(node), cancellationToken);
    }

    public void Dispose() => Bell.Dispose();
}
