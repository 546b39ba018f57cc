namespace VmSupervisor.Qemu.Accelerators;

/// <summary>Whether guests run under KVM here, and how that is known.</summary>
/// <param name="UseKvm">KVM or TCG.</param>
/// <param name="Reason">One line for a person, such as <c>tcg: the CPU offers no hardware virtualisation …</c>.</param>
internal sealed record AcceleratorVerdict(bool UseKvm, string Reason);
