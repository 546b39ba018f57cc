namespace VmSupervisor.Domain;

/// <summary>How long the steps of a life may take. Deadlines are computed from these when a step is decided, and journaled.</summary>
internal sealed record Limits
{
    /// <summary>A phase of hooks; long enough for a hook that talks to another machine.</summary>
    public TimeSpan Hooks { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The pre-stop hooks of a forced stop, which is meant to be immediate.</summary>
    public TimeSpan ForcedPreStop { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>From <c>quit</c> to SIGKILL in a forced stop: a QEMU whose monitor works is gone in a few milliseconds.</summary>
    public TimeSpan ForcedQuit { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>From <c>quit</c> to SIGTERM, and from there to SIGKILL, when nothing presses: QEMU may have to flush its disks.</summary>
    public TimeSpan Quit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From the end of the monitor, or from SIGKILL, to the line that says the process does not die.</summary>
    public TimeSpan Exit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What the restart policy may do.</summary>
    public RestartLimits Restarts { get; init; } = new();
}
