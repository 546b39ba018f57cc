namespace VmSupervisor.Domain;

/// <summary>
/// Which process: a pid alone is used again, a pid with its start time is not, within one boot of the host.
/// </summary>
/// <param name="BootId">The host's boot, from <c>/proc/sys/kernel/random/boot_id</c>.</param>
/// <param name="Pid">The process id.</param>
/// <param name="StartTime">Field 22 of <c>/proc/PID/stat</c>, in clock ticks since boot.</param>
internal sealed record ProcessIdentity(string BootId, int Pid, long StartTime);

/// <summary>How a process ended, as far as this supervisor can know it.</summary>
/// <param name="Code">Its exit code, when it exited.</param>
/// <param name="Signal">The signal that ended it, when one did.</param>
/// <remarks>Both are null after a restart of the supervisor: only the parent learns the status.</remarks>
internal sealed record ProcessExit(int? Code, int? Signal)
{
    public static ProcessExit Unknowable { get; } = new(null, null);

    public override string ToString() => (Code, Signal) switch
    {
        ({ } code, _) => $"exit code {code}",
        (_, { } signal) => $"signal {signal}",
        _ => "exit status unknown",
    };
}

/// <summary>What the guest is doing, as the monitor tells it.</summary>
internal enum GuestState
{
    /// <summary>There is no process.</summary>
    Off,

    /// <summary>Loaded, and has not run yet.</summary>
    Prelaunch,

    Running,

    Paused,

    Suspended,

    /// <summary>It powered itself off; its process waits.</summary>
    Shutdown,

    Panicked,

    IoError,

    InternalError,

    Watchdog,

    /// <summary>Waits for a migration stream.</summary>
    Incoming,
}

internal static class GuestStateText
{
    /// <summary>The state as it is shown.</summary>
    public static string ToText(this GuestState guest) => guest switch
    {
        GuestState.Off => "off",
        GuestState.Prelaunch => "prelaunch",
        GuestState.Running => "running",
        GuestState.Paused => "paused",
        GuestState.Suspended => "suspended",
        GuestState.Shutdown => "shutdown",
        GuestState.Panicked => "panicked",
        GuestState.IoError => "io-error",
        GuestState.InternalError => "internal-error",
        GuestState.Watchdog => "watchdog",
        GuestState.Incoming => "incoming",
        _ => throw new ArgumentOutOfRangeException(nameof(guest), guest, "not a guest state"),
    };
}
