using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Migration;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.CommandLine;

namespace VmSupervisor.Vms.Effects;

/// <summary>A VM cannot be offered to another node.</summary>
internal sealed class OfferException(string message) : Exception(message);

/// <summary>Describes a VM to the node that it is to go to.</summary>
internal sealed class Offers(World world)
{
    /// <summary>What runs now, as it runs; and what it is to be from its next start on.</summary>
    /// <exception cref="OfferException">It cannot be found out what goes along.</exception>
    public async Task<Offer> MakeAsync(ProcessKey key, MigrationPlan plan, Life life, VmDefinition next, CancellationToken token)
    {
        var accelerator = await world.Migrations.AcceleratorAsync(key, token);
        var moved = plan.Storage == MigrationStorage.Move ? await MovedAsync(key, plan, life.Definition, token) : [];
        return new(
            There(StableIds.Fix(life.Definition, plan.Source), plan) with { Accel = accelerator ?? life.Definition.Accel },
            There(StableIds.Fix(next, plan.Source), plan))
        {
            Moved = moved,
        };
    }

    private static VmDefinition There(VmDefinition definition, MigrationPlan plan) =>
        definition with { Disks = definition.Disks.Select(d => d with { Path = plan.PathThere(d.Path) }).ToValueList() };

    private async Task<ValueList<OfferedImage>> MovedAsync(ProcessKey key, MigrationPlan plan, VmDefinition definition, CancellationToken token)
    {
        switch (await world.Mirrors.SizesAsync(key, token))
        {
            case DiskSizes.Known known:
                return Moving.Of(definition)
                    .Select(d => new OfferedImage(d.Place, plan.PathThere(d.Disk.Path), d.Disk.Format, known.All[SendingDisks.NameOf(d.Place)]))
                    .ToValueList();
            case DiskSizes.Failed failed:
                throw new OfferException($"how large its disks are is not known: {failed.Reason}");
            case var other:
                throw new InvalidOperationException($"{other.GetType().Name} is not an answer");
        }
    }
}
