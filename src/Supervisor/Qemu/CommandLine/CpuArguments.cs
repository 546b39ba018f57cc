using VmSupervisor.Contracts.Definitions;
using static VmSupervisor.Qemu.CommandLine.DeviceArguments;

namespace VmSupervisor.Qemu.CommandLine;

/// <summary>How many CPUs, how they are arranged, and which model they are.</summary>
internal static class CpuArguments
{
    public static IEnumerable<string> Of(LaunchPlan plan) => [.. Number(plan.Definition), .. Model(plan.Definition)];

    private static IEnumerable<string> Number(VmDefinition definition) =>
    [
        "-smp",
        definition.Topology is { } topology
            ? Text($"{definition.Cpus},sockets={topology.Sockets},dies={topology.Dies},cores={topology.Cores},threads={topology.Threads}")
            : Text($"{definition.Cpus}"),
    ];

    private static IEnumerable<string> Model(VmDefinition definition) => definition.Cpu is { } model
        ? ["-cpu", string.Join(',', [QemuValue.Word(model), .. definition.CpuFlags.Select(Feature)])]
        : [];

    private static string Feature(string flag) => $"{QemuValue.Word(flag[1..])}={(flag[0] == '-' ? "off" : "on")}";
}
