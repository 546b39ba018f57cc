using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Migration;
using VmSupervisor.Resources;

namespace VmSupervisor.Vms.Effects;

/// <summary>What is left beside the disks of a VM for another node to find, as long as that takes.</summary>
internal sealed class DiskNonces(ISharedStorage storage, string name)
{
    /// <summary>Beside every disk that the guest can write to: what it only reads, it may read from a copy.</summary>
    public async Task<ValueList<OfferedDisk>> WriteAsync(VmDefinition definition, CancellationToken token)
    {
        var offered = new List<OfferedDisk>();
        foreach (var (_, disk) in Moving.Of(definition))
        {
            offered.Add(await storage.WriteNonceAsync(name, disk.Path, token) switch
            {
                NonceResult.Written written => new(disk.Path, written.Token, null),
                NonceResult.Unknown unknown => new(disk.Path, null, unknown.Reason),
                var other => throw new InvalidOperationException($"{other.GetType().Name} is not an answer"),
            });
        }

        return offered.ToValueList();
    }

    /// <summary>Also when what it was for was given up; one that cannot be removed is of no harm.</summary>
    public async Task RemoveAsync(VmDefinition definition)
    {
        foreach (var (_, disk) in Moving.Of(definition))
            await storage.RemoveNonceAsync(name, disk.Path, CancellationToken.None);
    }
}
