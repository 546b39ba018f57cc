using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Text;

namespace VmSupervisor.Scenarios.Tests.Real;

/// <summary>What stands behind a command and its VM, as one types it.</summary>
internal static class RealOptions
{
    public static IEnumerable<string> Of(VmCommand command) => command switch
    {
        VmCommand.Start start => [.. Flag("--paused", start.Paused), .. Flag("--discard-saved", start.DiscardSaved)],
        VmCommand.Stop stop => Flag("--keep-active", stop.KeepActive),
        VmCommand.Undefine undefine => Flag("--force", undefine.Force),
        VmCommand.Reboot reboot => [.. Time("--timeout", reboot.Timeout), .. Time("--force-after", reboot.ForceAfter)],
        VmCommand.Shutdown shutdown =>
        [
            .. Time("--timeout", shutdown.Timeout), .. Time("--force-after", shutdown.ForceAfter), .. Flag("--keep-active", shutdown.KeepActive),
        ],
        VmCommand.Backup backup =>
        [
            backup.Directory, "--mode", EnumNames<BackupMode>.Of(backup.Mode),
            .. backup.BytesPerSecond is { } limit ? ["--bandwidth", ByteSize.Format(limit)] : Array.Empty<string>(),
        ],
        _ => [],
    };

    private static string[] Flag(string option, bool isSet) => isSet ? [option] : [];

    private static string[] Time(string option, TimeSpan? time) => time is { } value ? [option, Duration.Format(value)] : [];
}
