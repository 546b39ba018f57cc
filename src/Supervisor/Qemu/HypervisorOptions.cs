using VmSupervisor.Qemu.Qmp;
using VmSupervisor.Qemu.Uefi;

namespace VmSupervisor.Qemu;

/// <summary>What a node's operator can set about QEMU.</summary>
internal sealed record HypervisorOptions
{
    /// <summary>The node's name; the guests' UUIDs and hardware addresses are derived from it.</summary>
    public required string Node { get; init; }

    /// <summary>Where it is remembered whether KVM works.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>QEMU: a path, or a name that is looked up in <c>PATH</c> at every start.</summary>
    public string Executable { get; init; } = "qemu-system-x86_64";

    /// <summary>Whether QEMU gives up the system calls that it does not need once it runs (<c>-sandbox</c>).</summary>
    public bool Sandbox { get; init; }

    /// <summary>The UEFI firmware to choose from, best first.</summary>
    public IReadOnlyList<UefiImage> UefiImages { get; init; } = Uefi.UefiImages.Known;

    /// <summary>From spawn to a negotiated monitor; 30 s: under TCG on two cores it takes 0.1 s, with huge memory on a loaded host seconds.</summary>
    public TimeSpan LaunchDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For a monitor command; 5 s: QEMU answers in under 1 ms unless its main loop waits for I/O.</summary>
    public TimeSpan CommandDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For <c>quit</c>, after which SIGKILL follows; 500 ms.</summary>
    public TimeSpan QuitDeadline { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>For a look at a process that is believed to run; 500 ms.</summary>
    public TimeSpan LookDeadline { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>After which an end that does not come is reported; 5 s.</summary>
    public TimeSpan StuckAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For an answer of the guest's agent; 5 s: one that runs answers in milliseconds, and none is no failure.</summary>
    public TimeSpan AgentDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For the agent to freeze or thaw the file systems; 30 s: what the guest has not yet written is written first.</summary>
    public TimeSpan FreezeDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What is believed of a monitor.</summary>
    public QmpLimits Limits { get; init; } = new();
}
