using VmSupervisor.Qemu;

namespace VmSupervisor.Doctor.Checks;

/// <summary>Whether a guest was seen to run under KVM, not only whether its device is there.</summary>
internal sealed class KvmCheck(Hypervisor hypervisor) : ICheck
{
    public string Name => "kvm";

    public async Task<Finding> LookAsync(CancellationToken cancellationToken) =>
        await hypervisor.DecideAcceleratorAsync(cancellationToken) switch
        {
            null => Finding.Warning("not tried without a QEMU", "see the check of qemu"),
            { UseKvm: true, Reason: var reason } => Finding.Ok(reason),
            { Reason: var reason } => Finding.Warning(
                $"guests are emulated, about ten times slower ({reason})",
                "switch hardware virtualisation on in the firmware, or nested virtualisation in the outer host; load kvm_intel or kvm_amd; "
                + "give the daemon's user the device (group kvm)"),
        };
}
