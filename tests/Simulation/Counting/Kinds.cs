using VmSupervisor.Domain;

namespace VmSupervisor.Simulation.Counting;

/// <summary>What is told apart when the ways that were taken are counted.</summary>
internal static class Kinds
{
    private static readonly Dictionary<StartPhase, string> Starts = Enum.GetValues<StartPhase>().ToDictionary(p => p, p => $"Starting.{p}");

    private static readonly Dictionary<Type, string> Stops = Nested<StopPhase>().ToDictionary(t => t, t => $"Stopping.{t.Name}");

    private static readonly Dictionary<(HookPhase, HookStatus), string> Hooks = (
        from phase in Enum.GetValues<HookPhase>()
        from status in Enum.GetValues<HookStatus>()
        select (phase, status)).ToDictionary(k => k, k => $"hooks {k.phase} {k.status}");

    /// <summary>The states, coarsely.</summary>
    public static IReadOnlyList<string> States { get; } = ["Undefined", "CleanedUp", "Starting", "Running", "Stopping"];

    /// <summary>The states with their phases.</summary>
    public static IReadOnlyList<string> Phases { get; } =
    [
        "Undefined", "CleanedUp", "CleanedUp.Kept", "CleanedUp.Saved", "CleanedUp.Restart",
        .. Starts.Where(s => !OfMigrations.Has(s.Key)).Select(s => s.Value),
        "Running", "Running.Backup.Begin", "Running.Backup.Copy", "Running.Backup.Undo", "Running.Hibernation", "Running.Hibernation.Undo",
        .. Stops.Values,
    ];

    public static IReadOnlyList<string> Wishes { get; } = [.. Nested<Wish>().Where(t => !OfMigrations.Has(t)).Select(t => t.Name)];

    public static IReadOnlyList<string> Observations { get; } = [.. Nested<Observation>().Select(t => t.Name)];

    public static IReadOnlyList<string> Events { get; } = [.. Nested<Event>().Where(t => !OfMigrations.Has(t)).Select(t => t.Name)];

    public static IReadOnlyList<string> Effects { get; } = [.. Nested<Effect>().Where(t => !OfMigrations.Has(t)).Select(t => t.Name)];

    /// <summary>How effects end otherwise than hoped for.</summary>
    public static IReadOnlyList<string> Failures { get; } =
    [
        .. Hooks.Where(h => h.Key.Item2 is not (HookStatus.Succeeded or HookStatus.NeverBegan)).Select(h => h.Value),
        "hooks PreStart NeverBegan",
        "bring-up", "continue", "power-down", "request", "release", "backup", "backup undone", "save", "save undone", "trouble",
        "look Dying", "look Unresponsive", "found Gone", "found Alive", "found silent", "found rebooted",
    ];

    public static string Coarse(VmState state) => state.GetType().Name;

    public static string Of(VmState state) => state switch
    {
        CleanedUp { Pending: not null } => "CleanedUp.Restart",
        CleanedUp { Saved: not null } => "CleanedUp.Saved",
        CleanedUp { Kept.Count: > 0 } => "CleanedUp.Kept",
        Starting starting => Starts[starting.Phase],
        Stopping stopping => Stops[stopping.Phase.GetType()],
        Running { Activity: Activity.Backup { Phase: BackupPhase.Begin } } => "Running.Backup.Begin",
        Running { Activity: Activity.Backup { Phase: BackupPhase.Copy } } => "Running.Backup.Copy",
        Running { Activity: Activity.Backup } => "Running.Backup.Undo",
        Running { Activity: Activity.Hibernation { Undo: null } } => "Running.Hibernation",
        Running { Activity: Activity.Hibernation } => "Running.Hibernation.Undo",
        _ => state.GetType().Name,
    };

    public static string Of(Input input) => input switch
    {
        Input.Asked asked => asked.Wish.GetType().Name,
        Input.Seen seen => seen.Observation.GetType().Name,
        _ => throw new InvalidOperationException($"{input.GetType().Name} is not an input"),
    };

    /// <summary>Null when all went as hoped for.</summary>
    public static string? FailureOf(Observation seen) => seen switch
    {
        Observation.HookEnded ended when ended.Outcome.Status != HookStatus.Succeeded => Hooks[(ended.Phase, ended.Outcome.Status)],
        Observation.BringUpFailed => "bring-up",
        Observation.ContinueFailed => "continue",
        Observation.PowerDownFailed => "power-down",
        Observation.RequestAnswered { Failure: not null } => "request",
        Observation.ReleasePassed { Failures.Count: > 0 } => "release",
        Observation.BackupEnded { Failure: not null } => "backup",
        Observation.BackupUndone { Failure: not null } => "backup undone",
        Observation.SaveFailed => "save",
        Observation.SaveUndone { Failure: not null } => "save undone",
        Observation.Trouble => "trouble",
        Observation.Looked { Sight: Sight.Dying } => "look Dying",
        Observation.Looked { Sight: Sight.Unresponsive } => "look Unresponsive",
        Observation.Recovered { Finding: Finding.Gone { HostRebooted: true } } => "found rebooted",
        Observation.Recovered { Finding: Finding.Gone } => "found Gone",
        Observation.Recovered { Finding: Finding.Alive { Guest: null } } => "found silent",
        Observation.Recovered { Finding: Finding.Alive } => "found Alive",
        _ => null,
    };

    private static IEnumerable<Type> Nested<T>() => typeof(T).GetNestedTypes().Where(t => t.IsSubclassOf(typeof(T)));
}
