using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Qemu;

namespace VmSupervisor.Vms;

/// <summary>
/// Gives definitions the versioned machine type that their alias stands for, so that an upgrade of QEMU does not change
/// a guest's hardware.
/// </summary>
internal sealed class MachinePins(IHypervisor hypervisor, VmBoard board)
{
    /// <summary>
    /// The definition with its pin. One that has it keeps it; so does a VM that is defined again with the same alias,
    /// whatever that stands for since. Without a QEMU to ask it stays as it is.
    /// </summary>
    public async Task<VmDefinition> PinAsync(VmDefinition definition, CancellationToken cancellationToken)
    {
        if (definition.PinnedMachine is not null)
            return definition;
        var earlier = board.FindDefinition(definition.Id);
        var pin = earlier is { PinnedMachine: { } kept } && earlier.Machine == definition.Machine
            ? kept
            : await hypervisor.ResolveMachineAsync(definition.Machine, cancellationToken);
        return definition with { PinnedMachine = pin };
    }
}
