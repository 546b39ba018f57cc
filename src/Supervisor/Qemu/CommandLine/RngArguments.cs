using static VmSupervisor.Qemu.CommandLine.DeviceArguments;

namespace VmSupervisor.Qemu.CommandLine;

/// <summary>Random numbers, of the host's kernel: no file is held open for it.</summary>
internal static class RngArguments
{
    public static IEnumerable<string> Of(LaunchPlan plan) => plan.Definition.Rng
        ?
        [
            .. Object(new() { ["qom-type"] = "rng-builtin", ["id"] = "random" }),
            .. Device(new() { ["driver"] = "virtio-rng-pci", ["id"] = "rng0", ["rng"] = "random", ["addr"] = PciAddresses.Rng }),
        ]
        : [];
}
