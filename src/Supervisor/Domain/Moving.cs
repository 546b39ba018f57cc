using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Domain;

/// <summary>Which disks go along with a VM that is sent with its storage.</summary>
internal static class Moving
{
    /// <summary>Those that the guest can write to, with their places; what it only reads, both nodes have.</summary>
    public static IEnumerable<(int Place, DiskDefinition Disk)> Of(VmDefinition definition) =>
        definition.Disks.Index().Where(d => d.Item is { Readonly: false, Type: DiskType.File }).Select(d => (d.Index, d.Item));
}
