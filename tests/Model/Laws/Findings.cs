using VmSupervisor.Domain;

namespace VmSupervisor.Model.Laws;

/// <summary>What the checker found and is not mended yet. Whoever mends one sets it to false here, and the law holds for it, too.</summary>
internal static class Findings
{
    /// <summary>
    /// A start that joins one under way ends as that one does, also when the process was dead before it was asked: while
    /// the post-start hooks run, nobody looks. The exit that is seen a moment later ends the VM, and the start that came
    /// after the crash was answered as succeeded.
    /// </summary>
    public static bool JoinedStartsMayLie => true;

    /// <summary>
    /// A start during a shutdown is answered as "already running" when the shutdown is given up, though nobody looked
    /// whether the process still lives.
    /// </summary>
    public static bool DeferredStartsMayLie => true;

    /// <summary>
    /// A stop overrules a stop-mode backup whose cleanup has passed over the volumes, a start comes behind it: when the life
    /// is closed, the volumes are given back for the stop, and the start is forgotten without an end.
    /// </summary>
    public static bool StartsBehindOverruledBackupsAreLost => true;

    /// <summary>Whether operations that disappear between these states are excused.</summary>
    public static bool Excuse(VmState before, VmState after) => StartsBehindOverruledBackupsAreLost
        && before is Stopping { HoldsVolumes: true, KeepActive: false, NextBackup: null } && after is Stopping { KeptOnly: true };

    /// <summary>Whether a start that is asked for in this state is not held to what it answers.</summary>
    public static bool Excuse(VmState before) =>
        (before is Starting && JoinedStartsMayLie) || (before is Stopping { Mode: StopMode.Ask } && DeferredStartsMayLie);
}
