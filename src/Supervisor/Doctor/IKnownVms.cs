using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Doctor;

/// <summary>What the doctor needs to know of the node's VMs.</summary>
internal interface IKnownVms
{
    /// <summary>What they last published.</summary>
    KnownVms Look();
}

/// <summary>The node's VMs at one moment.</summary>
/// <param name="Ready">Whether all are recovered; before, what belongs to whom cannot be told.</param>
/// <param name="Vms">All that are defined.</param>
/// <param name="Unrecovered">Those whose journal could not be read: what they own is not known.</param>
internal sealed record KnownVms(bool Ready, IReadOnlyList<KnownVm> Vms, IReadOnlyList<UnrecoveredVm> Unrecovered);

/// <summary>One VM.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Definition">What it is to be.</param>
/// <param name="Life">The incarnation that may own something on the host; null at rest.</param>
/// <param name="Pid">Its process, when it is known.</param>
internal sealed record KnownVm(VmId Id, VmDefinition Definition, Incarnation? Life, int? Pid)
{
    /// <summary>The paths of volumes that are active on purpose between lives.</summary>
    public IReadOnlyList<string> Kept { get; init; } = [];
}

/// <summary>A VM that could not be recovered.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Why">One line for a person.</param>
internal sealed record UnrecoveredVm(VmId Id, string Why);
