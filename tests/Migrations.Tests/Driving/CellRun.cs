using System.Diagnostics;
using System.Globalization;
using System.Text;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.Migrations.Tests.Driving;

/// <summary>How one run of a cell ended.</summary>
/// <param name="Cell">Which.</param>
/// <param name="Outcome">Where the VM was afterwards; null when that was never clear.</param>
/// <param name="Settled">From when what can come back was back until all was at rest.</param>
/// <param name="Violation">What was wrong; null for nothing.</param>
internal sealed record CellEnd(Cell Cell, Outcome? Outcome, TimeSpan Settled, string? Violation);

/// <summary>One run of a cell, with a VM of its own.</summary>
internal static class CellRun
{
    public static async Task<CellEnd> OfAsync(Arena arena, Cell cell, int vm)
    {
        // Both directions take their turn.
        await using var moving = await Moving.StartAsync(arena, vm, arena.Nodes[vm % 2]);
        Outcome? outcome = null;
        var settled = TimeSpan.Zero;
        try
        {
            // What cuts the network is to cut the memory's way, too.
            var transport = cell.Victim == Victim.Network ? MigrationTransport.Tunnel : MigrationTransport.Direct;
            var held = await HeldMigration.AtAsync(moving, cell.Moment, transport);
            var blow = new Blow(cell, moving, held);
            await blow.StrikeAsync();
            await blow.MendAsync();
            var began = Stopwatch.GetTimestamp();
            outcome = await Settlement.OfAsync(moving, held);
            settled = Stopwatch.GetElapsedTime(began);
            Assert.True(cell.Allowed.Contains(outcome.Value), $"{outcome} instead of {string.Join(" or ", cell.Allowed)}");
            moving.Serial.AssertNoBeatIsMissingOrRepeated();
            await GoOnAsync(moving, held, outcome.Value);
            return new(cell, outcome, settled, null);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new(cell, outcome, settled, await StoryAsync(moving, $"{cell}: {e.Message}"));
        }
    }

    /// <summary>It can be moved again at once, and back; then nothing of it is left.</summary>
    private static async Task GoOnAsync(Moving moving, HeldMigration held, Outcome outcome)
    {
        moving.Node = outcome is Outcome.RunsAtSource or Outcome.CrashedAtSource ? held.Source : held.Target;
        await moving.Arena.ConnectedAsync();
        if (outcome is Outcome.CrashedAtSource or Outcome.CrashedAtTarget)
            await moving.Node.StartAsync(moving.Vm);
        await moving.Serial.BeatsOnAsync();
        await moving.MoveAsync(MigrationTransport.Direct);
        await moving.EndAsync();
    }

    private static async Task<string> StoryAsync(Moving moving, string what)
    {
        var story = new StringBuilder(what);
        foreach (var node in moving.Arena.Nodes)
        {
            story.Append(CultureInfo.InvariantCulture, $"\n  {node.Name}:");
            try
            {
                foreach (var e in await moving.HistoryAsync(node))
                    story.Append(CultureInfo.InvariantCulture, $"\n    {e.Time:HH:mm:ss.fff} {e.Incarnation} {e.Type} {e.Cause} {string.Join(' ', e.Data.Select(d => $"{d.Key}={d.Value}"))}");
            }
            catch (Exception e) when (e is VmSupervisor.Client.VmsupException or InvalidOperationException)
            {
                story.Append(CultureInfo.InvariantCulture, $" {e.Message}");
            }
        }

        return story.ToString();
    }
}
