using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;
using VmSupervisor.Resources;

namespace VmSupervisor.TestKit;

/// <summary>Guests' memory in files that are names only.</summary>
internal sealed class SimulatedMemory(SimulatedHypervisor hypervisor, TimeProvider time) : IGuestMemory, ISavedMemories
{
    private readonly SortedSet<string> _files = new(StringComparer.Ordinal);

    /// <summary>How long it takes to write one.</summary>
    public TimeSpan Takes { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Why memory cannot be written; null when it can.</summary>
    public string? SaveFails { get; set; }

    /// <summary>Why memory cannot be gone on from; null when it can.</summary>
    public string? CheckFails { get; set; }

    /// <summary>Why what images are like cannot be noted; null when it can.</summary>
    public string? NoteFails { get; set; }

    /// <summary>The files that there are.</summary>
    public IReadOnlyCollection<string> Files => _files;

    public async Task<SaveResult> SaveAsync(ProcessKey key, string path, Action<SaveProgress> progress, CancellationToken cancellationToken)
    {
        // What a former supervisor has brought to its end is found.
        if (_files.Contains(path))
            return new SaveResult.Saved(1 << 20);
        if (await hypervisor.PauseAsync(key, cancellationToken) is MonitorResult.Failed deaf)
            return new SaveResult.Failed(deaf.Reason, deaf.Unreachable);
        progress(new(0, 1 << 20));
        await Task.Delay(Takes, time, cancellationToken);
        var (process, trouble) = await hypervisor.AnswerAsync(key, cancellationToken);
        if (process is null)
            return new SaveResult.Failed(trouble!.Reason, trouble.Unreachable);
        if (SaveFails is { } why)
            return new SaveResult.Failed(why, Unreachable: false);
        _files.Add(path);
        return new SaveResult.Saved(1 << 20);
    }

    public async Task<MonitorResult> DiscardAsync(ProcessKey key, string path, CancellationToken cancellationToken)
    {
        var (process, trouble) = await hypervisor.AnswerAsync(key, cancellationToken);
        if (process is null)
            return trouble!;
        _files.Remove(path);
        return new MonitorResult.Done();
    }

    public string PathOf(VmId vm, Incarnation of) => $"/memory/{vm}-{of}";

    public string Prepare(VmId vm, Incarnation of) => PathOf(vm, of);

    public void Note(VmId vm, Incarnation of, IEnumerable<Step.Volume> volumes)
    {
        if (NoteFails is { } why)
            throw new ResourceException(why);
    }

    public void Check(VmId vm, Incarnation of, IEnumerable<Step.Volume> volumes)
    {
        if (CheckFails is { } why)
            throw new ResourceException(why);
        if (!_files.Contains(PathOf(vm, of)))
            throw new ResourceException($"{PathOf(vm, of)} is gone");
    }

    public void Remove(VmId vm, Incarnation of) => _files.Remove(PathOf(vm, of));
}
