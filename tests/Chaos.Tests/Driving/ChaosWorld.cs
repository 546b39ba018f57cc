using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.Chaos.Tests.Driving;

/// <summary>How a world ended.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Rounds">How many rounds it went through.</param>
/// <param name="Violations">Empty when all is well.</param>
/// <param name="Story">What happened, in the order of time; for a person who looks for the cause.</param>
internal sealed record WorldEnd(int Seed, int Rounds, IReadOnlyList<string> Violations, string Story)
{
    public string Complaint =>
        $"seed {Seed}, after {Rounds} rounds (again: make chaos SEED={Seed} ROUNDS={Math.Max(Rounds, 1)}):\n  {string.Join("\n  ", Violations)}";
}

/// <summary>Some rounds of chaos in a world of their own.</summary>
internal static class ChaosWorld
{
    public static async Task<WorldEnd> RunAsync(int seed, int rounds, Tally tally, CancellationToken stop = default)
    {
        using var arena = await Arena.MakeAsync(tally);
        var done = 0;
        var orderly = false;
        try
        {
            await DefineAllAsync(arena);
            var planner = new Planner(seed, arena.Park);
            while (done < rounds && arena.Violations.Count == 0 && !stop.IsCancellationRequested)
            {
                await RoundAsync(arena, planner.Next(), ++done);
            }

            if (arena.Violations.Count == 0)
                await Settlement.OfWorldAsync(arena);
            orderly = arena.Violations.Count == 0;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            arena.Violated($"the world ended with {e}");
        }

        var story = orderly ? "" : await StoryAsync(arena);
        await arena.AbandonAsync();
        tally.Count("worlds");
        return new WorldEnd(seed, done, arena.Violations, story);
    }

    private static async Task RoundAsync(Arena arena, RoundPlan plan, int number)
    {
        arena.Timeline.Add("round", $"{number} begins");
        var faults = new Faults(arena);
        await Task.WhenAll([.. plan.Clients.Select((commands, i) => Asking.RunAsync(arena, $"client {i + 1}", commands)), faults.RunAsync(plan.Faults)]);
        await faults.EndAsync();
        arena.Timeline.Add("round", $"{number} settles");
        await Settlement.OfRoundAsync(arena);
        arena.Tally.Count("rounds");
        if (plan.Faults.Any(f => f.EndsDaemon))
            arena.Tally.Count("rounds with a daemon kill");
    }

    private static async Task DefineAllAsync(Arena arena)
    {
        foreach (var vm in Park.Vms)
            await arena.Client.RunAsync($"{vm}", new Contracts.Commands.VmCommand.Define(arena.Park.Definition(vm, vm)));
    }

    private static async Task<string> StoryAsync(Arena arena)
    {
        var histories = "";
        foreach (var vm in Park.Vms)
        {
            try
            {
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
                var entries = await arena.Client.HistoryAsync($"{vm}", limit.Token);
                histories += $"\nvm {vm}: {await arena.Client.ShowAsync($"{vm}", limit.Token)}\n" + string.Join('\n', entries.Select(e =>
                    $"  {e.Version} {e.Time:HH:mm:ss.fff} {e.Incarnation} {e.Type} {e.Cause} {e.Operation} {string.Join(' ', e.Data.Select(d => $"{d.Key}={d.Value}"))}"));
            }
            catch (Exception e) when (e is Client.VmsupException or OperationCanceledException)
            {
                histories += $"\nvm {vm}: {e.Message}";
            }
        }

        return $"{arena.Timeline.Render(arena.Witness)}\n\n== histories{histories}\n\n== daemons\n{arena.Daemons.Logs}\n";
    }
}
