using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;
using VmSupervisor.Resources;

namespace VmSupervisor.TestKit;

/// <summary>Resources that remember who has them.</summary>
internal sealed class SimulatedResources : IResources
{
    private readonly HashSet<(VmId Vm, string Step)> _held = [];

    /// <summary>What is held now.</summary>
    public IReadOnlyCollection<(VmId Vm, string Step)> Held => _held;

    /// <summary>Every release that found something to release, in order.</summary>
    public List<(VmId Vm, Incarnation Incarnation, string Step)> Released { get; } = [];

    /// <summary>Why a step cannot be acquired; null when it can.</summary>
    public Func<Step, string?> AcquireFails { get; set; } = _ => null;

    /// <summary>Why a step cannot be released; null when it can.</summary>
    public Func<Step, string?> ReleaseFails { get; set; } = _ => null;

    /// <summary>Called before every release, with what is being released.</summary>
    public Action<ProcessKey, Step>? OnRelease { get; set; }

    public Task<Grant> AcquireAsync(ProcessKey key, Step step, CancellationToken cancellationToken)
    {
        if (AcquireFails(step) is { } why)
            throw new ResourceException(why);
        _held.Add((key.Vm, step.Name));
        return Task.FromResult<Grant>(step switch
        {
            Step.Volume volume => new Grant.Volume(volume.Path),
            Step.Network => new Grant.Network(new NetworkBackEnd(new() { ["type"] = "user" })),
            _ => new Grant.Nothing(),
        });
    }

    public Task ReleaseAsync(ProcessKey key, Step step, CancellationToken cancellationToken)
    {
        OnRelease?.Invoke(key, step);
        if (ReleaseFails(step) is { } why)
            throw new ResourceException(why);
        if (_held.Remove((key.Vm, step.Name)))
            Released.Add((key.Vm, key.Incarnation, step.Name));
        return Task.CompletedTask;
    }
}
