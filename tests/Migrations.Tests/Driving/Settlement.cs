using System.Diagnostics;
using VmSupervisor.Client;
using VmSupervisor.Contracts.Views;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.Migrations.Tests.Driving;

/// <summary>Waits until nothing is under way any more, as the supervisors say, and what there is on the host says the same.</summary>
internal static class Settlement
{
    /// <summary>Far more than any of it takes on an idle machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static async Task<Outcome> OfAsync(Moving vm, HeldMigration held)
    {
        var began = Stopwatch.GetTimestamp();
        using var turns = new PeriodicTimer(Pause);
        while (true)
        {
            var (outcome, seen) = await LookAsync(vm, held);
            if (outcome is { } settled)
                return settled;
            Assert.True(Stopwatch.GetElapsedTime(began) < Limit, $"vm {vm.Vm} has not settled after {Limit.TotalSeconds} s: {seen}");
            await turns.WaitForNextTickAsync();
        }
    }

    private static async Task<(Outcome? Outcome, string Seen)> LookAsync(Moving vm, HeldMigration held)
    {
        var operation = await held.Source.Client.OperationAsync(held.Operation);
        var source = await Moving.ShowAsync(held.Source, vm.Vm);
        var target = await Moving.ShowAsync(held.Target, vm.Vm);
        var seen = $"operation {operation.Status} {operation.Problem?.Detail}; source {Text(source)}; target {Text(target)}";
        if (!operation.Ended || !IsAtRest(source) || !IsAtRest(target))
            return (null, seen);
        var running = new[] { (Node: held.Source, View: source), (Node: held.Target, View: target) }.Where(n => n.View?.State == "Running").ToArray();
        var copies = Copies.OfBoth(vm.Arena, vm.Vm);
        var directories = Copies.RunDirectories(vm.Arena, vm.Vm);
        if (copies.Count != running.Length || directories.Count != running.Length)
            return (null, $"{seen}; processes {string.Join(", ", copies)}; run directories {string.Join(", ", directories)}");
        Assert.True(running.Length <= 1, $"both run it: {seen}");
        foreach (var copy in copies)
        {
            if (await Qmp.StatusAsync(copy.RunDirectory) is not "running" and var status)
                return (null, $"{seen}; {copy} is {status}");
        }

        // A target that has cleaned up forgets a VM that never was its own.
        if (source is { Home: null } && target is { Home: null })
            return (null, seen);
        Outcome outcome = running is [var one]
            ? one.Node == held.Source ? Outcome.RunsAtSource : Outcome.RunsAtTarget
            : source is { Home: null } ? Outcome.CrashedAtSource : Outcome.CrashedAtTarget;
        return (outcome, seen);
    }

    private static bool IsAtRest(VmView? view) => view is null or { State: "CleanedUp", Activity: null } or { State: "Running", Guest: "running", Activity: null };

    private static string Text(VmView? view) => view is null
        ? "has none"
        : $"{view.State} {view.Incarnation} guest {view.Guest} activity {view.Activity ?? "none"} home {view.Home ?? "here"} {string.Join(", ", view.Problems)}";
}
