using VmSupervisor.Domain;
using VmSupervisor.Qemu;

namespace VmSupervisor.TestKit;

/// <summary>
/// Mirrors of disks in virtual time, between nodes that share exports, with what QEMU was seen to do: a target that dies
/// fails them at once, one that freezes leaves them where they are, and one that was ended well stays to be found. The jobs are
/// their process's, and outlive supervisors.
/// </summary>
internal sealed class SimulatedMirrors(SimulatedHypervisor hypervisor, TimeProvider time, SimulatedExports exports) : IMirrors
{
    private const long DiskSize = 1 << 30;
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(10);
    private readonly Dictionary<(SimulatedProcess Process, string Session), Job> _jobs = [];
    private readonly HashSet<SimulatedProcess> _complete = [];

    /// <summary>How long the copy of all disks takes.</summary>
    public TimeSpan Takes { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long it takes to end mirrors that are ready.</summary>
    public TimeSpan EndTakes { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Why disks cannot be exported; null when they can.</summary>
    public string? ExportFails { get; set; }

    /// <summary>Why mirrors fail on the way; null when they do not.</summary>
    public string? JobFails { get; set; }

    /// <summary>Whether nothing arrives any more: mirrors stand still until they are cancelled.</summary>
    public bool BlackHole { get; set; }

    /// <summary>Whether a target has all of its disks: its source's mirrors were ended well.</summary>
    public bool HasAll(SimulatedProcess target) => _complete.Contains(target);

    /// <summary>Whether a process still mirrors, or has mirrors that have ended and were not forgotten.</summary>
    public bool HasJobs(SimulatedProcess source) => _jobs.Keys.Any(job => job.Process == source);

    public async Task<ExportResult> ExportAsync(ProcessKey key, ExportRequest request, CancellationToken cancellationToken)
    {
        var (process, trouble) = await hypervisor.AnswerAsync(key, cancellationToken);
        if (process is null)
            return new ExportResult.Failed(trouble!.Reason, trouble.Unreachable);
        return ExportFails is { } why
            ? new ExportResult.Failed(why, Unreachable: false)
            : new ExportResult.Exported(exports.Open(process, request.Session));
    }

    public Task<MonitorResult> StopExportsAsync(ProcessKey key, CancellationToken cancellationToken) => WithAsync(key, process =>
    {
        exports.Close(process);
        return null;
    }, cancellationToken);

    public async Task<DiskSizes> SizesAsync(ProcessKey key, CancellationToken cancellationToken)
    {
        var (process, trouble) = await hypervisor.AnswerAsync(key, cancellationToken);
        return process is null
            ? new DiskSizes.Failed(trouble!.Reason)
            : new DiskSizes.Known(Enumerable.Range(0, 16).ToDictionary(place => $"disk{place}", _ => DiskSize));
    }

    public Task<MonitorResult> BeginAsync(ProcessKey key, MirrorRequest request, CancellationToken cancellationToken) => WithAsync(key, process =>
    {
        if (_jobs.ContainsKey((process, request.Session)))
            return null;
        if (exports.Find(request.To, request.Session) is not { } peer)
            return "QEMU refused: Connection refused";
        if (IsFrozen(peer))
            return "QEMU refused: Connection attempt cancelled by timeout";
        _jobs[(process, request.Session)] = new(peer) { Left = Takes, LookedAt = time.GetUtcNow() };
        return null;
    }, cancellationToken);

    public async Task<MirrorStage> FollowAsync(ProcessKey key, MirrorRequest request, MirrorStage? known, Action<MirrorProgress> progress, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (process, trouble) = await hypervisor.AnswerAsync(key, cancellationToken);
            if (process is null)
                return new MirrorStage.Unreachable(trouble!.Reason);
            if (Stage(process, request) is { } stage && stage.GetType() != known?.GetType())
                return stage;
            progress(new(0, DiskSize * request.Disks.Count));
            await Task.Delay(Turn, time, cancellationToken);
        }
    }

    public Task<MonitorResult> TuneAsync(ProcessKey key, MirrorRequest request, long? bytesPerSecond, CancellationToken cancellationToken) =>
        WithAsync(key, _ => null, cancellationToken);

    public async Task<MirrorStage> CompleteAsync(ProcessKey key, MirrorRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (process, trouble) = await hypervisor.AnswerAsync(key, cancellationToken);
            if (process is null)
                return new MirrorStage.Unreachable(trouble!.Reason);
            if (Stage(process, request) is { } stage and not MirrorStage.Ready)
                return stage;
            var job = _jobs[(process, request.Session)];
            if (job.Status == Status.Running)
                return new MirrorStage.Failed("disk0 is not copied yet");
            if (job.Status == Status.Ready)
                (job.Status, job.Left) = (Status.Ending, EndTakes);
            await Task.Delay(Turn, time, cancellationToken);
        }
    }

    public Task<MonitorResult> CancelAsync(ProcessKey key, MirrorRequest request, CancellationToken cancellationToken) => WithAsync(key, process =>
    {
        _jobs.Remove((process, request.Session));
        return null;
    }, cancellationToken);

    private bool IsFrozen(SimulatedProcess peer) => BlackHole || peer.Hung;

    private MirrorStage? Stage(SimulatedProcess process, MirrorRequest request)
    {
        if (!_jobs.TryGetValue((process, request.Session), out var job))
            return new MirrorStage.Failed("QEMU has no mirror of disk0");
        Move(job);
        return job.Status switch
        {
            Status.Ready => new MirrorStage.Ready(),
            Status.Completed => new MirrorStage.Completed(),
            Status.Failed => new MirrorStage.Failed($"disk0: {job.Error}"),
            _ => null,
        };
    }

    /// <summary>What has happened since the last look.</summary>
    private void Move(Job job)
    {
        var since = time.GetUtcNow() - job.LookedAt;
        job.LookedAt += since;
        if (job.Status is Status.Completed or Status.Failed)
            return;
        if ((job.Peer is { Alive: true, Dying: null } ? JobFails : "Input/output error") is { } why)
            (job.Status, job.Error) = (Status.Failed, why);
        else if (!IsFrozen(job.Peer) && (job.Left -= since) <= TimeSpan.Zero)
            Arrive(job);
    }

    private void Arrive(Job job)
    {
        if (job.Status == Status.Ending)
            _complete.Add(job.Peer);
        job.Status = job.Status == Status.Ending ? Status.Completed : Status.Ready;
    }

    private async Task<MonitorResult> WithAsync(ProcessKey key, Func<SimulatedProcess, string?> run, CancellationToken cancellationToken)
    {
        var (process, trouble) = await hypervisor.AnswerAsync(key, cancellationToken);
        if (process is null)
            return trouble!;
        return run(process) is { } refused ? new MonitorResult.Failed(refused, Unreachable: false) : new MonitorResult.Done();
    }

    private enum Status
    {
        Running,
        Ready,
        Ending,
        Completed,
        Failed,
    }

    private sealed class Job(SimulatedProcess peer)
    {
        public SimulatedProcess Peer => peer;

        public Status Status { get; set; }

        public string Error { get; set; } = "";

        /// <summary>To the next status, as long as the peer takes what comes.</summary>
        public TimeSpan Left { get; set; }

        public DateTimeOffset LookedAt { get; set; }
    }
}
