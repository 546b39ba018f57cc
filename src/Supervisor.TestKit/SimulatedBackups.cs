using VmSupervisor.Domain;
using VmSupervisor.Qemu;

namespace VmSupervisor.TestKit;

/// <summary>Copies of disks in virtual time. The jobs are their process's, and outlive supervisors.</summary>
internal sealed class SimulatedBackups(SimulatedHypervisor hypervisor, TimeProvider time) : IBackupJobs
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(100);
    private readonly Dictionary<(SimulatedProcess, string), Job> _jobs = [];

    /// <summary>How long a copy takes.</summary>
    public TimeSpan Takes { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether guests have an agent that freezes their file systems.</summary>
    public bool HasAgent { get; set; } = true;

    /// <summary>Why jobs cannot be started; null when they can.</summary>
    public string? StartFails { get; set; }

    /// <summary>Why jobs fail on the way; null when they do not.</summary>
    public string? JobFails { get; set; }

    /// <summary>The copies that are complete.</summary>
    public SortedSet<string> Complete { get; } = [];

    /// <summary>The copies that are not.</summary>
    public SortedSet<string> Partial { get; } = [];

    public async Task<BackupStart> StartAsync(ProcessKey key, BackupRequest request, CancellationToken cancellationToken)
    {
        var (process, trouble) = await hypervisor.AnswerAsync(key, cancellationToken);
        if (process is null)
            return new BackupStart.Failed(trouble!.Reason, Unreachable: true);
        if (_jobs.ContainsKey((process, request.Id)))
            return new BackupStart.Started(request.Freeze && HasAgent);
        if (StartFails is { } why)
            return new BackupStart.Failed(why, Unreachable: false);
        if (request.Disks.FirstOrDefault(d => Complete.Contains(d.Target)) is { } exists)
            return new BackupStart.Failed($"{exists.Target} exists already; choose another target or remove it", Unreachable: false);
        Partial.UnionWith(request.Disks.Select(d => d.Target));
        _jobs[(process, request.Id)] = new Job(time.GetUtcNow() + Takes, JobFails);
        return new BackupStart.Started(request.Freeze && HasAgent);
    }

    public async Task<BackupEnd> FollowAsync(ProcessKey key, BackupRequest request, Action<BackupProgress> progress, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (process, trouble) = await hypervisor.AnswerAsync(key, cancellationToken);
            if (process is null)
                return new BackupEnd.Lost(trouble!.Reason);
            if (!_jobs.TryGetValue((process, request.Id), out var job))
                return new BackupEnd.Failed("QEMU has no such job");
            var left = job.Until - time.GetUtcNow();
            if (left <= TimeSpan.Zero)
                return End(process, request, job);
            progress(new((long)(Takes - left).TotalMilliseconds, (long)Takes.TotalMilliseconds));
            await Task.Delay(Turn, time, cancellationToken);
        }
    }

    public async Task<MonitorResult> CancelAsync(ProcessKey key, BackupRequest request, CancellationToken cancellationToken)
    {
        var (process, trouble) = await hypervisor.AnswerAsync(key, cancellationToken);
        if (process is null)
            return trouble!;
        _jobs.Remove((process, request.Id));
        RemovePartial(request);
        return new MonitorResult.Done();
    }

    public void RemovePartial(BackupRequest request) => Partial.ExceptWith(request.Disks.Select(d => d.Target));

    private BackupEnd End(SimulatedProcess process, BackupRequest request, Job job)
    {
        _jobs.Remove((process, request.Id));
        RemovePartial(request);
        if (job.Fails is { } why)
            return new BackupEnd.Failed(why);
        Complete.UnionWith(request.Disks.Select(d => d.Target));
        return new BackupEnd.Completed(1 << 20);
    }

    private sealed record Job(DateTimeOffset Until, string? Fails);
}
