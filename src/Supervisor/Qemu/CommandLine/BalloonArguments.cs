using static VmSupervisor.Qemu.CommandLine.DeviceArguments;

namespace VmSupervisor.Qemu.CommandLine;

/// <summary>The memory balloon, deflated until somebody asks for memory.</summary>
internal static class BalloonArguments
{
    public static IEnumerable<string> Of(LaunchPlan plan) => plan.Definition.Balloon
        ? Device(new() { ["driver"] = "virtio-balloon-pci", ["id"] = "balloon0", ["addr"] = PciAddresses.Balloon })
        : [];
}
