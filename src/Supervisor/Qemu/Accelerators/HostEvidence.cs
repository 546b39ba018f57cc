using VmSupervisor.Linux;

namespace VmSupervisor.Qemu.Accelerators;

/// <summary>What can be told about KVM without running anything.</summary>
/// <param name="cpuInfo">The kernel's description of the CPU.</param>
/// <param name="device">KVM's device.</param>
internal sealed class HostEvidence(string cpuInfo = "/proc/cpuinfo", string device = "/dev/kvm")
{
    /// <summary>Why KVM cannot be used; null when nothing speaks against it.</summary>
    /// <remarks>
    /// The flags matter even where the device opens: a hypervisor that works without hardware virtualisation
    /// (<c>kvm_pvm</c>) emulates firmware and early kernel code instruction by instruction.
    /// </remarks>
    public string? AgainstKvm()
    {
        try
        {
            using var opened = FileDescriptor.Open(device, LibC.OpenReadWrite);
        }
        catch (IOException e)
        {
            return e.Message;
        }

        return HasHardwareVirtualisation()
            ? null
            : $"{device} opens, but the CPU offers no hardware virtualisation (neither vmx nor svm in {cpuInfo})";
    }

    private bool HasHardwareVirtualisation()
    {
        try
        {
            // The first CPU's line is enough: they are alike.
            return File.ReadLines(cpuInfo)
                .Where(line => line.StartsWith("flags", StringComparison.Ordinal))
                .Take(1)
                .Any(line => line.Split(' ').Any(flag => flag is "vmx" or "svm"));
        }
        catch (IOException)
        {
            return false;
        }
    }
}
