namespace VmSupervisor.Qemu.CommandLine;

/// <summary>QEMU's arguments for a VM.</summary>
internal static class QemuCommandLine
{
    /// <summary>All arguments, in a fixed order; what the definition appends comes last, so that it can override.</summary>
    public static IReadOnlyList<string> Build(LaunchPlan plan) =>
    [
        .. IdentityArguments.Of(plan),
        .. SandboxArguments.Of(plan),
        .. MachineArguments.Of(plan),
        .. FirmwareArguments.Of(plan),
        .. BootArguments.Of(plan),
        .. MonitorArguments.Of(plan),
        .. SerialArguments.Of(plan),
        .. BalloonArguments.Of(plan),
        .. RngArguments.Of(plan),
        .. AgentArguments.Of(plan),
        .. WatchdogArguments.Of(plan),
        .. DiskArguments.Of(plan),
        .. NicArguments.Of(plan),
        .. plan.Definition.QemuArgs,
    ];
}
