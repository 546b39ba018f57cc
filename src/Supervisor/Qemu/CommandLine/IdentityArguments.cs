namespace VmSupervisor.Qemu.CommandLine;

/// <summary>Who it is, for <c>ps</c>, for recovery and for the guest.</summary>
internal static class IdentityArguments
{
    public static IEnumerable<string> Of(LaunchPlan plan) =>
    [
        "-name", $"guest={QemuValue.Escape(plan.Definition.Name)},debug-threads=on",
        "-uuid", StableIds.MachineUuid(plan).ToString(),
        "-pidfile", plan.Files.PidFile,
    ];
}
