using VmSupervisor.Contracts;

namespace VmSupervisor.Domain;

/// <summary>Which incarnation, and where its run-time files are.</summary>
/// <param name="Vm">The VM.</param>
/// <param name="Incarnation">The life.</param>
/// <param name="RunDirectory">Its run directory, absolute: <c>RUN/vms/ID/INCARNATION</c>; exists from acquire to release.</param>
internal sealed record ProcessKey(VmId Vm, Incarnation Incarnation, string RunDirectory);
