using VmSupervisor.Domain;
using VmSupervisor.Hooks;
using VmSupervisor.Qemu;
using VmSupervisor.Resources;

namespace VmSupervisor.Vms.Effects;

/// <summary>The ports through which effects act, the same for all VMs of a node.</summary>
/// <param name="Hypervisor">QEMU.</param>
/// <param name="Hooks">The hooks' runner.</param>
/// <param name="Resources">What a start acquires.</param>
/// <param name="Time">The clock of deadlines and backoffs.</param>
/// <param name="RunDirectory">Where run-time files are, absolute.</param>
internal sealed record World(IHypervisor Hypervisor, IHookRunner Hooks, IResources Resources, TimeProvider Time, string RunDirectory);
