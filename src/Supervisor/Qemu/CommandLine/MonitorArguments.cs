namespace VmSupervisor.Qemu.CommandLine;

/// <summary>Two monitors, since one serves one client: ours, and one for people.</summary>
internal static class MonitorArguments
{
    public static IEnumerable<string> Of(LaunchPlan plan) =>
    [
        .. Monitor("qmp", plan.Files.Monitor),
        .. Monitor("monitor", plan.Files.PeoplesMonitor),
    ];

    private static IEnumerable<string> Monitor(string id, string path) =>
    [
        "-chardev", $"socket,id={id},path={QemuValue.Escape(path)},server=on,wait=off",
        "-mon", $"chardev={id},mode=control",
    ];
}
