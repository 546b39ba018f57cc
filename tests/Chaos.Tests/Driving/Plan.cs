using VmSupervisor.Contracts.Commands;

namespace VmSupervisor.Chaos.Tests.Driving;

/// <summary>All that is done in one round, decided beforehand by the seed alone.</summary>
/// <param name="Clients">What each client asks, one thing after the other.</param>
/// <param name="Faults">What befalls the world meanwhile, one thing after the other.</param>
internal sealed record RoundPlan(IReadOnlyList<IReadOnlyList<PlannedCommand>> Clients, IReadOnlyList<PlannedFault> Faults);

/// <param name="Pause">Before it is asked.</param>
/// <param name="Vm">The VM.</param>
/// <param name="Command">What is asked; null for the shutdown of the node.</param>
/// <param name="Operation">The operation's id.</param>
/// <param name="Again">Whether the id was used in an earlier round.</param>
internal sealed record PlannedCommand(TimeSpan Pause, int Vm, VmCommand? Command, string Operation, Again Again = Again.No);

internal enum Again
{
    No,

    /// <summary>For the same command: the answer must be the same.</summary>
    Same,

    /// <summary>For something else: it must be a conflict.</summary>
    OtherContent,
}

/// <param name="Pause">Before it begins.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Vm">Whom it befalls, where it is about a VM.</param>
/// <param name="Detail">Which of its kind: a phase, a volume, a word for the guest.</param>
/// <param name="What">What a script does: fail, hang, slow.</param>
/// <param name="Length">How long it lasts.</param>
internal sealed record PlannedFault(TimeSpan Pause, FaultKind Kind, int Vm, string Detail, string What, TimeSpan Length)
{
    public bool EndsDaemon => Kind is FaultKind.KillDaemon or FaultKind.KillDaemonTwice;

    public override string ToString() => $"{Kind} vm {Vm} {Detail} {What} {Length.TotalMilliseconds:F0} ms".Replace("  ", " ");
}

internal enum FaultKind
{
    /// <summary>SIGKILL; the next one is started after a while.</summary>
    KillDaemon,

    /// <summary>The next one is killed, too, somewhere in its recovery.</summary>
    KillDaemonTwice,

    /// <summary>SIGTERM, as for an upgrade.</summary>
    EndDaemon,

    /// <summary>SIGSTOP, and after a while SIGCONT.</summary>
    FreezeDaemon,
    KillQemu,

    /// <summary>SIGSTOP, and after a while SIGCONT.</summary>
    FreezeQemu,

    /// <summary>SIGSTOP until the end of the round.</summary>
    HangQemu,

    /// <summary>A word on the serial port: off, panic, reboot, hang.</summary>
    Guest,

    /// <summary>The next hook of a phase fails, hangs or is slow.</summary>
    Hook,

    /// <summary>SIGKILL to a hook that runs, and to its runner.</summary>
    KillHook,

    /// <summary>The next call of a volume's script fails or is slow.</summary>
    Volume,

    /// <summary>A volume's image is gone for a while.</summary>
    ImageGone,

    /// <summary>The bridge is gone for a while.</summary>
    BridgeGone,
}
