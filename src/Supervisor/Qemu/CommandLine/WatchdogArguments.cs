using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Text;
using static VmSupervisor.Qemu.CommandLine.DeviceArguments;

namespace VmSupervisor.Qemu.CommandLine;

/// <summary>The watchdog: one that works on every machine with PCI, and that every system has a driver for.</summary>
internal static class WatchdogArguments
{
    public static IEnumerable<string> Of(LaunchPlan plan) => plan.Definition.Watchdog != Watchdog.Off
        ?
        [
            .. Device(new() { ["driver"] = "i6300esb", ["id"] = "watchdog0", ["addr"] = PciAddresses.Watchdog }),
            "-action", $"watchdog={EnumNames<Watchdog>.Of(plan.Definition.Watchdog)}",
        ]
        : [];
}
