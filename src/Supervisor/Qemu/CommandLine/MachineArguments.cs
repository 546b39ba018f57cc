using System.Globalization;

namespace VmSupervisor.Qemu.CommandLine;

/// <summary>The machine: nothing that was not asked for, stopped at first, and kept when its guest is done.</summary>
internal static class MachineArguments
{
    private const long MiB = 1 << 20;

    public static IEnumerable<string> Of(LaunchPlan plan) =>
    [
        "-no-user-config", "-nodefaults",
        "-display", "none",
        "-machine", QemuValue.Word(plan.Definition.PinnedMachine ?? plan.Definition.Machine) + FirmwareArguments.MachineOptions(plan.Definition),
        "-accel", plan.UseKvm ? "kvm" : "tcg",
        "-m", string.Create(CultureInfo.InvariantCulture, $"{plan.Definition.Memory / MiB}M"),
        .. CpuArguments.Of(plan),

        // The CPUs stand still until the process is recorded.
        "-S",

        // A guest that powers off or panics leaves its process behind as the evidence.
        "-no-shutdown", "-action", "shutdown=pause,panic=pause",

        // Without it a panic looks like a running guest.
        .. plan.Definition.Pvpanic ? ["-device", "pvpanic"] : Array.Empty<string>(),
    ];
}
