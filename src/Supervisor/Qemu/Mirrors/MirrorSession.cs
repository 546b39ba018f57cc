using VmSupervisor.Qemu.Backups;
using VmSupervisor.Qemu.Launch;
using VmSupervisor.Qemu.Monitor;

namespace VmSupervisor.Qemu.Mirrors;

/// <summary>One call about one side of a session: what things are called, and the monitor.</summary>
internal sealed class MirrorSession(IncarnationHandle life, string id, HypervisorOptions options, TimeProvider time) : IDisposable
{
    /// <summary>How long a change is waited for before QEMU is asked again; nearly always an event comes first.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How often in a row QEMU may leave a question unanswered. Few: where a frozen target is why, each one is in the way of
    /// the command that frees it.
    /// </summary>
    private const int Silences = 2;

    private int silent;

    public IncarnationHandle Life => life;

    public MirrorNames Names { get; } = new(id);

    public MonitorCalls Monitor { get; } = new(life.Monitor, options.CommandDeadline);

    public EventBell Bell { get; } = new(life.Monitor, time, "JOB_STATUS_CHANGE");

    public TimeProvider Time => time;

    /// <summary>The jobs of this session that QEMU has.</summary>
    /// <exception cref="MonitorTrouble">It did not say.</exception>
    public async Task<IReadOnlyList<QmpJob>> JobsAsync(CancellationToken cancellationToken) =>
        [.. (await Monitor.AskAsync(BlockCommands.QueryJobs, cancellationToken)).All.Where(job => Names.IsOurs(job.Id))];

    /// <summary>The same, of a QEMU that may be too busy to answer at once.</summary>
    /// <exception cref="MonitorTrouble">The monitor is closed, or was silent for long.</exception>
    public async Task<IReadOnlyList<QmpJob>> JobsPatientlyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var jobs = await JobsAsync(cancellationToken);
                silent = 0;
                return jobs;
            }
            catch (MonitorTrouble trouble) when (trouble.MayPass && ++silent < Silences)
            {
                // Asked again at once: it has had its deadline.
            }
        }
    }

    /// <summary>Returns when QEMU has said something, or after a turn.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => Bell.WaitAsync(Turn, cancellationToken);

    /// <summary>Cuts the connections, ends the jobs and forgets them, and closes the nodes.</summary>
    /// <exception cref="MonitorTrouble">QEMU did not answer, or keeps a node.</exception>
    public async Task UndoAsync(IEnumerable<string> disks, CancellationToken cancellationToken)
    {
        // Before anything else: a job that waits for its target is not cancelled but by an answer or the connection's end, and
        // what is asked of QEMU meanwhile may hang it.
        foreach (var disk in disks)
            await Monitor.TryAsync(MirrorCommands.Cut(Names.Node(disk)), cancellationToken);
        while (await JobsAsync(cancellationToken) is { Count: > 0 } jobs)
        {
            // What has ended meanwhile cannot be cancelled: refusals are fine.
            foreach (var job in jobs)
                await Monitor.TryAsync(job.IsConcluded ? BlockCommands.Dismiss(job.Id) : BlockCommands.Cancel(job.Id), cancellationToken);
            if (jobs.Any(job => !job.IsConcluded))
                await WaitAsync(cancellationToken);
        }

        await CloseAsync(disks, cancellationToken);
    }

    /// <summary>Closes the connections to the target; a job that has ended needs none.</summary>
    /// <exception cref="MonitorTrouble">QEMU did not answer, or keeps one.</exception>
    public async Task CloseAsync(IEnumerable<string> disks, CancellationToken cancellationToken)
    {
        // Two who do this at the same time: what one finds closed is fine.
        foreach (var node in await OpenAsync(disks, cancellationToken))
            await Monitor.TryAsync(BlockCommands.Close(node), cancellationToken);
        foreach (var node in await OpenAsync(disks, cancellationToken))
            await Monitor.AskAsync(BlockCommands.Close(node), cancellationToken);
    }

    public void Dispose() => Bell.Dispose();

    private async Task<string[]> OpenAsync(IEnumerable<string> disks, CancellationToken cancellationToken)
    {
        var open = (await Monitor.AskAsync(BlockCommands.QueryNodes, cancellationToken)).All;
        return [.. disks.Select(Names.Node).Where(open.ContainsKey)];
    }
}
