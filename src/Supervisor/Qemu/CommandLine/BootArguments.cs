namespace VmSupervisor.Qemu.CommandLine;

/// <summary>What it boots.</summary>
internal static class BootArguments
{
    public static IEnumerable<string> Of(LaunchPlan plan) =>
    [
        .. Pair("-bios", plan.Definition.Bios),
        .. Pair("-kernel", plan.Definition.Kernel),
        .. Pair("-initrd", plan.Definition.Initrd),
        .. Pair("-append", plan.Definition.Cmdline),
    ];

    // QEMU takes these four as they are: no commas to double.
    private static IEnumerable<string> Pair(string option, string? value) => value is null ? [] : [option, value];
}
