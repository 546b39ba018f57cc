using VmSupervisor.Domain;

namespace VmSupervisor.Model.Worlds;

/// <summary>A world in a line, for traces.</summary>
internal static class Descriptions
{
    public static string Of(World world)
    {
        var parts = new List<string> { StateOf(world.Memory.State) };
        if (!world.Up)
            parts.Add("supervisor down");
        if (world.Probed is not null)
            parts.Add("probed");
        foreach (var process in world.Processes)
            parts.Add($"QEMU {process.N} {(process.Dying ? "dying" : process.Guest.ToText())}{(process.Hung ? " hung" : "")}");
        foreach (var hook in world.Hooks.Where(h => h.Progress == HookProgress.Running))
            parts.Add($"{hook.Phase} hooks {hook.N} run");
        if (!world.Held.IsEmpty)
            parts.Add("held: " + string.Join(", ", world.Held.Select(h => h.Step.StartsWith("run", StringComparison.Ordinal) ? h.Step : $"{h.Step} by {h.Owner}")));
        return string.Join("; ", parts);
    }

    private static string StateOf(VmState state) => state switch
    {
        Starting starting => $"Starting {starting.Last} ({starting.Phase})",
        Running running => $"Running {running.Last} ({running.Life.Guest.ToText()})",
        Stopping stopping => $"Stopping {stopping.Last} ({stopping.Phase.GetType().Name})",
        _ => $"{state.GetType().Name} {state.Last}",
    };
}
