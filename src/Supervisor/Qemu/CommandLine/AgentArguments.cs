using static VmSupervisor.Qemu.CommandLine.DeviceArguments;

namespace VmSupervisor.Qemu.CommandLine;

/// <summary>
/// The channel to the agent in the guest. Nobody has to listen: what a guest writes there while no client is connected
/// is dropped.
/// </summary>
internal static class AgentArguments
{
    /// <summary>The name by which an agent finds it.</summary>
    private const string Channel = "org.qemu.guest_agent.0";

    public static IEnumerable<string> Of(LaunchPlan plan) => plan.Definition.Agent
        ?
        [
            .. Device(new() { ["driver"] = "virtio-serial-pci", ["id"] = "channels", ["addr"] = PciAddresses.Channels }),
            "-chardev", $"socket,id=agent,path={QemuValue.Escape(plan.Files.Agent)},server=on,wait=off",
            .. Device(new() { ["driver"] = "virtserialport", ["id"] = "agent0", ["bus"] = "channels.0", ["nr"] = 1, ["chardev"] = "agent", ["name"] = Channel }),
        ]
        : [];
}
