using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;

namespace VmSupervisor.Resources;

/// <summary>The steps on this host.</summary>
internal sealed class HostResources : IResources
{
    public Task AcquireAsync(ProcessKey key, VmDefinition definition, Step step, CancellationToken cancellationToken)
    {
        switch (step)
        {
            case Step.RunDirectory:
                RunDirectory.Acquire(key.RunDirectory);
                break;
            case Step.Volume volume:
                FileVolume.Acquire(volume.Path, volume.Readonly);
                break;
            default:
                throw new InvalidOperationException($"{step.GetType().Name} is not a step");
        }

        return Task.CompletedTask;
    }

    public Task ReleaseAsync(ProcessKey key, VmDefinition definition, Step step, CancellationToken cancellationToken)
    {
        if (step is Step.RunDirectory)
            RunDirectory.Release(key.RunDirectory);
        return Task.CompletedTask;
    }
}
