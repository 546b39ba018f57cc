using VmSupervisor.Domain;
using VmSupervisor.Qemu;
using VmSupervisor.Resources;

namespace VmSupervisor.Simulation.Tests;

/// <summary>Says that networks are released, and leaves them.</summary>
internal sealed class LeavesTheNetwork(IResources inner) : IResources
{
    public Task<Grant> AcquireAsync(ProcessKey key, Step step, CancellationToken cancellationToken) => inner.AcquireAsync(key, step, cancellationToken);

    public Task ReleaseAsync(ProcessKey key, Step step, CancellationToken cancellationToken) =>
        step is Step.Network ? Task.CompletedTask : inner.ReleaseAsync(key, step, cancellationToken);

    public string? WhyNot(Step step) => inner.WhyNot(step);

    public string? Remark(ProcessKey key) => inner.Remark(key);

    public string? WhyKilled(ProcessKey key) => inner.WhyKilled(key);
}
