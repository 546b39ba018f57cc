using System.Globalization;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Resources.Taps;
using VmSupervisor.Resources.Volumes;

namespace VmSupervisor.Resources;

/// <summary>The steps on this host.</summary>
internal sealed class HostResources(string node, ResourceKinds kinds, Cgroups.Cgroups cgroups, TimeProvider time) : IResources
{
    /// <summary>For one call of a kind; a minute: activating a volume may talk to another machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public async Task<Grant> AcquireAsync(ProcessKey key, Step step, CancellationToken cancellationToken)
    {
        switch (step)
        {
            case Step.RunDirectory:
                RunDirectory.Acquire(key.RunDirectory);
                return new Grant.Nothing();
            case Step.Cgroup limits:
                return cgroups.Acquire(key, limits);
            case Step.Volume volume:
                var volumes = kinds.Volume(volume.Type);
                return new Grant.Volume(await HoldAsync(
                    key,
                    volume.Type == DiskType.File ? null : NameOf(volume),
                    token => volume.TakeOver
                        ? volumes.TakeOverAsync(RequestOf(key.Vm, volume), token)
                        : volumes.AcquireAsync(RequestOf(key.Vm, volume), token),
                    cancellationToken));
            case Step.Network network:
                var networks = kinds.Network(network.Nic.Type);
                return new Grant.Network(await HoldAsync(
                    key, network.Name, token => networks.AcquireAsync(RequestOf(key.Vm, network), token), cancellationToken));
            default:
                throw new InvalidOperationException($"{step.GetType().Name} is not a step");
        }
    }

    public async Task ReleaseAsync(ProcessKey key, Step step, CancellationToken cancellationToken)
    {
        switch (step)
        {
            case Step.RunDirectory:
                RunDirectory.Release(key.RunDirectory);
                break;
            case Step.Cgroup:
                await cgroups.ReleaseAsync(key, cancellationToken);
                break;
            case Step.Volume volume when Holdings.Has(key.RunDirectory, NameOf(volume)):
                await CallAsync(token => DoneAsync(kinds.Volume(volume.Type).ReleaseAsync(RequestOf(key.Vm, volume), token)), cancellationToken);
                Holdings.Remove(key.RunDirectory, NameOf(volume));
                break;
            case Step.Network network when Holdings.Has(key.RunDirectory, network.Name):
                await CallAsync(token => DoneAsync(kinds.Network(network.Nic.Type).ReleaseAsync(RequestOf(key.Vm, network), token)), cancellationToken);
                Holdings.Remove(key.RunDirectory, network.Name);
                break;
        }

        Holdings.RemoveEmptyDirectories(key.RunDirectory);
    }

    public string? WhyNot(Step step)
    {
        try
        {
            switch (step)
            {
                case Step.Volume volume when volume.Type is DiskType.File or DiskType.Loop:
                    FileVolumes.Check(volume.Path, volume.Readonly);
                    break;
                case Step.Volume volume:
                    kinds.Volume(volume.Type);
                    break;
                case Step.Network { Nic: { Type: NicType.Tap } nic }:
                    TapNetworks.Check(nic);
                    break;
                case Step.Network network:
                    kinds.Network(network.Nic.Type);
                    break;
            }

            return null;
        }
        catch (ResourceException e)
        {
            return $"{step.Name}: {e.Message}";
        }
    }

    public string? Remark(ProcessKey key) => Cgroups.Cgroups.Remark(key);

    public string? WhyKilled(ProcessKey key) => cgroups.WhyKilled(key);

    private VolumeRequest RequestOf(VmId vm, Step.Volume volume) => new(new(node, vm), volume.Path, volume.Readonly, volume.Script);

    private NetworkRequest RequestOf(VmId vm, Step.Network network) =>
        new(new(node, vm), int.Parse(network.Name.AsSpan("net".Length), CultureInfo.InvariantCulture), network.Nic);

    /// <summary>Its place among the disks may change from one life to the next.</summary>
    private static string NameOf(Step.Volume volume) => $"{volume.Type} {volume.Script} {volume.Path}";

    /// <summary>Notes it first, unless there is nothing to release of it.</summary>
    private async Task<T> HoldAsync<T>(ProcessKey key, string? name, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var isNew = name is not null && Holdings.Add(key.RunDirectory, name);
        try
        {
            return await CallAsync(call, cancellationToken);
        }
        catch (ResourceException e) when (isNew && e.NothingDone)
        {
            Holdings.Remove(key.RunDirectory, name!);
            Holdings.RemoveEmptyDirectories(key.RunDirectory);
            throw;
        }
    }

    /// <summary>Whatever an embedder's kind throws is a failure of that step, and nothing else.</summary>
    private async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await call(either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ResourceException($"it took longer than {Limit.TotalSeconds:0.###} s");
        }
        catch (Exception e) when (e is not (ResourceException or OperationCanceledException))
        {
            throw new ResourceException($"it failed unexpectedly: {e.Message}", e);
        }
    }

    private static async Task<bool> DoneAsync(Task task)
    {
        await task;
        return true;
    }
}
