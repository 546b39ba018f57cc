namespace VmSupervisor.Daemon;

/// <summary>What the process ends with, the same numbers as those of the CLI.</summary>
internal static class ExitCodes
{
    /// <summary>Stopped in order; the guests go on.</summary>
    public const int Stopped = 0;

    /// <summary>Could not start, or ended by an error.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong; nothing was started.</summary>
    public const int BadConfiguration = 2;

    /// <summary>There is no such file or directory.</summary>
    public const int NotFound = 3;

    /// <summary>Another daemon holds the directories or the socket.</summary>
    public const int Conflict = 4;
}
