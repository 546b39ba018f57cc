using VmSupervisor.Domain;

namespace VmSupervisor.Simulation.Counting;

/// <summary>What enough seeds are to meet. What is left out here says why.</summary>
internal static class Expected
{
    /// <summary>
    /// What is seen by the effects that a state wants. Elsewhere it can only come late, of an effect that ended in the very
    /// step in which it was given up: that is counted when it is met, and not waited for.
    /// </summary>
    private static readonly Dictionary<string, string[]> Seen = new()
    {
        ["Undefined"] = [],
        ["CleanedUp"] = [nameof(Observation.DeadlinePassed)],
        ["Starting"] =
        [
            nameof(Observation.HookEnded), nameof(Observation.Launched), nameof(Observation.BringUpFailed), nameof(Observation.Continued),
            nameof(Observation.ContinueFailed), nameof(Observation.GuestChanged), nameof(Observation.GuestReset), nameof(Observation.MonitorClosed),
            nameof(Observation.ProcessExited), nameof(Observation.Trouble), nameof(Observation.Recovered),
        ],
        ["Running"] =
        [
            nameof(Observation.Continued), nameof(Observation.ContinueFailed), nameof(Observation.GuestChanged), nameof(Observation.GuestReset),
            nameof(Observation.MonitorClosed), nameof(Observation.ProcessExited), nameof(Observation.Looked), nameof(Observation.RequestAnswered),
            nameof(Observation.BackupBegan), nameof(Observation.BackupEnded), nameof(Observation.BackupUndone), nameof(Observation.MemorySaved),
            nameof(Observation.SaveFailed), nameof(Observation.SaveUndone), nameof(Observation.DeadlinePassed), nameof(Observation.Trouble),
            nameof(Observation.Recovered),
        ],
        ["Stopping"] =
        [
            nameof(Observation.HookEnded), nameof(Observation.GuestChanged), nameof(Observation.GuestReset), nameof(Observation.MonitorClosed),
            nameof(Observation.ProcessExited), nameof(Observation.PowerDownFailed), nameof(Observation.Extinguished), nameof(Observation.ReleasePassed),
            nameof(Observation.DeadlinePassed), nameof(Observation.Trouble), nameof(Observation.Recovered),
        ],
    };

    /// <summary>
    /// Inputs in states, as <c>State Input</c>. To a VM that is not defined the node passes on only a definition; others get
    /// through in the moment in which it is undefined.
    /// </summary>
    public static IReadOnlyList<string> Meetings { get; } =
    [
        .. from state in Kinds.States
           from input in (state == "Undefined" ? [nameof(Wish.Define)] : Kinds.Wishes).Concat(Seen[state])
           select $"{state} {input}",
    ];

    /// <summary>
    /// How effects fail. Nobody ends post-stop hooks: they run into their limit. Too rare to wait for are pre-start hooks that
    /// never began (a stop overtakes the very beginning of a start), and a guest that cannot be continued when its backup or
    /// suspension was taken back (its monitor begins to hang within that one round trip).
    /// </summary>
    public static IReadOnlyList<string> Failures { get; } = [.. Kinds.Failures.Except(["hooks PreStart NeverBegan", "hooks PostStop Killed", "backup undone", "save undone"])];
}
