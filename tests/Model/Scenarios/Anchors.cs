using System.Text.Json;
using VmSupervisor.Domain;
using VmSupervisor.Hooks;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Scenarios;

/// <summary>How far a world has come, as a condition that a line of a scenario can wait for.</summary>
internal static class Anchors
{
    /// <summary>The condition with its colon; empty when there is nothing to wait for.</summary>
    /// <param name="world">The world before the line.</param>
    /// <param name="vm">The VM.</param>
    /// <param name="ofGuest">Whether the guest is to do something: then it runs, whether the supervisor knows it by then or not.</param>
    public static string Of(World world, string vm, bool ofGuest)
    {
        var life = $"{vm}/{world.State.Last}";
        var condition = !world.Up ? ""
            : ofGuest && world.State is Starting { Phase: StartPhase.Continue } ? $"{life} journals guest-continued"
            : ConditionOf(world, life);
        return condition.Length == 0 ? "" : $"when {condition}: ";
    }

    private static string ConditionOf(World world, string life)
    {
        var state = world.State;
        var n = state.Last.Value;
        if (world.Hooks.FirstOrDefault(h => h.N == n && h.Began && h.Phase == state.Current?.Hook) is { N: > 0 } hook)
            return $"{life} hook {hook.Phase.Spell()} {(hook.Progress == HookProgress.Over ? "ends" : "begins")}";
        return state switch
        {
            Starting { Phase: StartPhase.BringUp } when world.Processes.Any(p => p.N == n) => $"{life} has a process",
            Starting { Phase: StartPhase.PreStart } => $"{life} journals start-accepted",
            Starting { Phase: StartPhase.BringUp, Life.HasHooks: false } => $"{life} journals start-accepted",
            Starting starting => $"{life} journals start-advanced phase={Kebab(starting.Phase.ToString())}",
            Running { Activity: Activity.Backup { Phase: BackupPhase.Copy } } => $"{life} journals backup-began",
            Running { Activity: Activity.Backup { Phase: BackupPhase.Undo } } => $"{life} journals backup-failed",
            Running { Activity: Activity.Hibernation { Undo: null } } => $"{life} journals hibernation-accepted",
            Running { Activity: Activity.Hibernation } => $"{life} journals hibernation-failed",
            Running => $"{life} journals started",

            // The first phase of all comes with the event that began the end.
            Stopping { Phase: StopPhase.Extinguish } stopping => $"{life} journals {(stopping.Mode == StopMode.End ? "end-began" : "stop-accepted")}",
            Stopping stopping => $"{life} journals stop-advanced phase={Kebab(stopping.Phase.GetType().Name)}",
            CleanedUp when n > 0 => $"{life} journals cleaned-up",
            _ => "",
        };
    }

    private static string Kebab(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);
}
