using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;
using VmSupervisor.Resources;

namespace VmSupervisor.TestKit;

/// <summary>Resources that remember who has them.</summary>
internal sealed class SimulatedResources(TimeProvider time) : IResources
{
    /// <summary>By what a step is, since a volume that is taken over may go by another name then.</summary>
    private readonly Dictionary<(VmId Vm, string Thing), string> _held = [];

    /// <summary>What is held now.</summary>
    public IReadOnlyCollection<(VmId Vm, string Step)> Held => [.. _held.Select(h => (h.Key.Vm, h.Value))];

    /// <summary>Every release that found something to release, in order.</summary>
    public List<(VmId Vm, Incarnation Incarnation, string Step)> Released { get; } = [];

    /// <summary>Why a step cannot be acquired; null when it can.</summary>
    public Func<Step, string?> AcquireFails { get; set; } = _ => null;

    /// <summary>Why a step cannot be released; null when it can.</summary>
    public Func<Step, string?> ReleaseFails { get; set; } = _ => null;

    /// <summary>How long a step takes to be acquired; at once when zero.</summary>
    public Func<Step, TimeSpan> AcquireTakes { get; set; } = _ => TimeSpan.Zero;

    /// <summary>How long a step takes to be released; at once when zero.</summary>
    public Func<Step, TimeSpan> ReleaseTakes { get; set; } = _ => TimeSpan.Zero;

    /// <summary>Called before every acquisition, with what is being acquired.</summary>
    public Action<ProcessKey, Step>? OnAcquire { get; set; }

    /// <summary>What a life with limits is given less of than it asked for; null when it has all.</summary>
    public Func<ProcessKey, string?> RemarkOf { get; set; } = _ => null;

    /// <summary>Why the kernel killed processes of a life; null when it did not.</summary>
    public Func<ProcessKey, string?> WhyKilledOf { get; set; } = _ => null;

    /// <summary>Called before every release, with what is being released.</summary>
    public Action<ProcessKey, Step>? OnRelease { get; set; }

    public string? WhyNot(Step step) => AcquireFails(step);

    /// <summary>Whether a step is held, by this life or one before.</summary>
    public bool Holds(VmId vm, Step step) => _held.ContainsKey((vm, ThingOf(step)));

    public async Task<Grant> AcquireAsync(ProcessKey key, Step step, CancellationToken cancellationToken)
    {
        OnAcquire?.Invoke(key, step);
        await WaitAsync(AcquireTakes(step), cancellationToken);
        if (AcquireFails(step) is { } why)
            throw new ResourceException(why);
        _held[(key.Vm, ThingOf(step))] = step.Name;
        return step switch
        {
            Step.Volume volume => new Grant.Volume(volume.Path),
            Step.Network => new Grant.Network(new NetworkBackEnd(new() { ["type"] = "user" })),
            Step.Cgroup => new Grant.Cgroup([], RemarkOf(key)),
            _ => new Grant.Nothing(),
        };
    }

    public async Task ReleaseAsync(ProcessKey key, Step step, CancellationToken cancellationToken)
    {
        await WaitAsync(ReleaseTakes(step), cancellationToken);
        OnRelease?.Invoke(key, step);
        if (ReleaseFails(step) is { } why)
            throw new ResourceException(why);
        if (_held.Remove((key.Vm, ThingOf(step))))
            Released.Add((key.Vm, key.Incarnation, step.Name));
    }

    public string? Remark(ProcessKey key) => RemarkOf(key);

    public string? WhyKilled(ProcessKey key) => WhyKilledOf(key);

    private static string ThingOf(Step step) => step is Step.Volume volume ? volume.Path : step.Name;

    private Task WaitAsync(TimeSpan takes, CancellationToken cancellationToken) =>
        takes > TimeSpan.Zero ? Task.Delay(takes, time, cancellationToken) : Task.CompletedTask;
}
