namespace VmSupervisor.Domain;

/// <summary>Why a VM is where it is. Stored and shown by name.</summary>
internal enum Cause
{
    /// <summary>It was defined, and has not lived yet.</summary>
    Defined,
    ApiStart,

    /// <summary>Somebody asked for a reboot: this life ends for it, or the next one began with it.</summary>
    ApiReboot,
    ApiStop,

    /// <summary>It was started with the supervisor, once per boot of the host.</summary>
    Autostart,

    /// <summary>The restart policy began it again.</summary>
    Restart,
    GuestShutdown,
    GuestPanic,

    /// <summary>Its process went away and nobody had asked it to.</summary>
    Crash,
    StartFailed,

    /// <summary>Begun for a backup, or ended after one because it was down before.</summary>
    Backup,

    /// <summary>Its memory is in a file, from which the next life goes on.</summary>
    Hibernated,
    HostReboot,

    /// <summary>It came from another node, or was to come and did not.</summary>
    MigrateIn,

    /// <summary>It went to another node.</summary>
    MigrateOut,
}

internal static class CauseText
{
    /// <summary>The cause as it is shown and given to hooks.</summary>
    public static string ToText(this Cause cause) => cause switch
    {
        Cause.Defined => "defined",
        Cause.ApiStart => "api-start",
        Cause.ApiReboot => "api-reboot",
        Cause.ApiStop => "api-stop",
        Cause.Autostart => "autostart",
        Cause.Restart => "restart",
        Cause.GuestShutdown => "guest-shutdown",
        Cause.GuestPanic => "guest-panic",
        Cause.Crash => "crash",
        Cause.StartFailed => "start-failed",
        Cause.Backup => "backup",
        Cause.Hibernated => "hibernated",
        Cause.HostReboot => "host-reboot",
        Cause.MigrateIn => "migrate-in",
        Cause.MigrateOut => "migrate-out",
        _ => throw new ArgumentOutOfRangeException(nameof(cause), cause, "not a cause"),
    };
}
