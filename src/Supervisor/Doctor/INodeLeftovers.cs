using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Doctor;

/// <summary>Things of this node's on the host that no VM accounts for, and their removal when a person wants it.</summary>
/// <remarks>
/// What is surely ours can be removed; what only looks like it is shown and never touched. Nothing is removed by itself: a
/// QEMU that no state accounts for may be the last copy of a guest that a restored journal has forgotten.
/// </remarks>
public interface INodeLeftovers
{
    /// <summary>All that is there now; empty while the node starts or stops.</summary>
    IReadOnlyList<LeftoverView> Find();

    /// <summary>
    /// Removes those of the given ones that are still there, still nobody's and surely ours, one after the other: processes
    /// first, then what they used. Noted in the VM's history before it is done, and logged, with who asked.
    /// </summary>
    Task<IReadOnlyList<LeftoverRemoval>> RemoveAsync(IReadOnlyList<string> ids, Caller caller, CancellationToken cancellationToken = default);
}
