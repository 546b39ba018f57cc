using System.Diagnostics;
using VmSupervisor.Client;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.Chaos.Tests.Driving;

/// <summary>
/// What must hold when nobody asks for anything and nothing breaks any more: operations have ended, and what the supervisor
/// shows is what the observer sees, nothing more and nothing less.
/// </summary>
internal static class Settlement
{
    public static async Task OfRoundAsync(Arena arena)
    {
        foreach (var (asked, known) in arena.Ledger.All.Where(e => !e.Known.Ended))
        {
            var ended = await Asking.OperationAsync(arena, known.Id, Limits.Step);
            arena.Ledger.Note(asked, ended);
            if (!ended.Ended)
                arena.Violated($"operation {known.Id}, {known.Kind} of vm {known.Vm}, has not ended in {Limits.Step.TotalSeconds} s of calm");
            arena.Tally.Count($"ended {ended.Status}");
        }

        var began = Stopwatch.GetTimestamp();
        using var turns = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await DifferenceAsync(arena) is { } difference)
        {
            if (Stopwatch.GetElapsedTime(began) > Limits.Step)
            {
                arena.Violated($"after {Limits.Step.TotalSeconds} s of calm: {difference}");
                return;
            }

            await turns.WaitForNextTickAsync();
        }
    }

    /// <summary>Ends every VM, has the daemon killed once more, asks for every operation again, and lets the observer judge.</summary>
    public static async Task OfWorldAsync(Arena arena)
    {
        var views = await arena.Client.ListAsync();
        await Task.WhenAll(views.Select(view => EndAsync(arena, view.Id.Value)));
        await arena.Daemons.KillAsync();
        await arena.Daemons.StartAsync();
        foreach (var (asked, known) in arena.Ledger.All)
        {
            if (await Asking.OperationAsync(arena, known.Id, TimeSpan.Zero) is var now && now != known)
                arena.Violated($"operation {known.Id} was {known} and is {now}");
            if (asked.Command is { } command && await Asking.SubmitAsync(arena, asked.Vm, command, asked.Operation) is var again && again.Operation != known)
                arena.Violated($"operation {known.Id} was {known} and is, asked for again, {again}");
        }

        BackupsAreWholeOrGone(arena);
        await CleanedOnceAsync(arena);
        if (arena.Violations.Count > 0)
            return;
        await arena.Daemons.StopAsync();
        await arena.Park.RemoveBridgeAsync();
        foreach (var (what, count) in await arena.Observer.EndAsync())
            arena.Tally.Count($"seen {what}", count);
    }

    private static async Task EndAsync(Arena arena, int vm)
    {
        foreach (var command in new VmCommand[] { new VmCommand.Stop(), new VmCommand.Undefine() })
        {
            var operation = $"end-{vm}-{command.Kind}";
            var answer = await Asking.SubmitAsync(arena, vm, command, operation);
            arena.Timeline.Add("end", $"{operation} answered {answer}");
            if (answer.Operation is not { Status: OperationStatus.Running or OperationStatus.Succeeded } accepted)
            {
                arena.Violated($"{command.Kind} of vm {vm} at the end: {answer}");
                return;
            }

            var ended = await Asking.OperationAsync(arena, accepted.Id, Limits.Step);
            arena.Ledger.Note(new PlannedCommand(default, vm, command, operation), ended);
            if (ended.Status != OperationStatus.Succeeded)
                arena.Violated($"{command.Kind} of vm {vm} at the end: {ended}");
        }
    }

    private static void BackupsAreWholeOrGone(Arena arena)
    {
        foreach (var (asked, known) in arena.Ledger.All)
        {
            if (asked.Command is not Contracts.Commands.VmCommand.Backup backup)
                continue;
            var files = Directory.Exists(backup.Directory) ? Directory.GetFiles(backup.Directory).Select(Path.GetFileName).ToList() : [];
            if (known.Status == OperationStatus.Succeeded ? !files.Any(f => f!.StartsWith("disk0.", StringComparison.Ordinal)) : files.Count > 0)
                arena.Violated($"backup {known.Id}, {known.Status}: its files are {string.Join(", ", files)}");
        }
    }

    /// <summary>The books agree with what hooks were called for: each life closed once.</summary>
    private static async Task CleanedOnceAsync(Arena arena)
    {
        var notes = File.Exists(arena.Witness)
            ? File.ReadLines(arena.Witness).Select(l => l.Split(' ')).Where(w => w is [_, "hook", ..]).Select(w => (Vm: w[2], Life: w[3], Phase: w[4])).ToHashSet()
            : [];
        var lives = notes.Select(n => (n.Vm, n.Life)).ToHashSet();
        foreach (var vm in Park.Vms)
        {
            IReadOnlyList<HistoryEntry> history;
            try
            {
                history = await arena.Client.HistoryAsync($"{vm}");
            }
            catch (VmsupException e) when (e.Kind == ProblemKind.NotFound)
            {
                continue;
            }

            var cleaned = history.Of("cleaned-up").Select(e => e.Incarnation.ToString()).ToList();
            var begun = history.Of("start-accepted").Select(e => e.Incarnation.ToString()).ToList();
            arena.Tally.Count("lives in the books", begun.Count);

            // Giving back later what a life has kept on purpose closes it a second time in the books.
            foreach (var release in history.Of("kept-release-accepted"))
                cleaned.Remove(release.Incarnation.ToString());
            if (!begun.SequenceEqual(begun.Distinct()) || !begun.SequenceEqual(cleaned))
                arena.Violated($"vm {vm}: lives begun {string.Join(' ', begun)}; cleaned up {string.Join(' ', cleaned)}");
            foreach (var (_, life) in lives.Where(l => l.Vm == $"{vm}" && !cleaned.Contains(l.Life)))
                arena.Violated($"vm {vm}: hooks were called for life {life}, which the history does not know");

            // A pre-start of which nothing was heard must have been killed.
            foreach (var (_, life) in lives.Where(l => l.Vm == $"{vm}" && !notes.Contains((l.Vm, l.Life, "pre-start"))))
            {
                if (!history.Of("hook-ended").Any(e => $"{e.Incarnation}" == life && e.Data["phase"] == "pre-start" && e.Data["status"] is "killed" or "timed-out"))
                    arena.Violated($"vm {vm} life {life}: post-stop was called, pre-start was not, and the history does not say that it was killed");
            }
        }
    }

    /// <summary>Null when the supervisor's view is what there is.</summary>
    private static async Task<string?> DifferenceAsync(Arena arena)
    {
        var before = await arena.Client.ListAsync();
        var there = await arena.Observer.LookAsync();
        var after = await arena.Client.ListAsync();
        if (!before.Select(v => (v.Id, v.Version)).SequenceEqual(after.Select(v => (v.Id, v.Version))))
            return "VMs change";
        if (after.FirstOrDefault(v => v.State is not ("Running" or "CleanedUp") || v.Operation is not null) is { } busy)
            return $"vm {busy.Id} is {busy.State} since {busy.Since:HH:mm:ss}: {string.Join("; ", busy.Problems)}";
        var expected = after.SelectMany(Expected).Order(StringComparer.Ordinal).ToList();
        var seen = there.Select(Comparable).Order(StringComparer.Ordinal).ToList();
        return expected.SequenceEqual(seen)
            ? null
            : $"shown but not there: {string.Join(", ", expected.Except(seen))}; there but not shown: {string.Join(", ", seen.Except(expected))}";
    }

    private static IEnumerable<string> Expected(VmView view)
    {
        if (view.State == "Running")
        {
            yield return $"qemu {view.Id} {view.Incarnation} {view.Pid}";
            yield return $"directory {view.Id} {view.Incarnation}";
            if (view.Id.Value == 3)
                yield return $"tap {view.Id}";
        }

        foreach (var volume in view.Volumes.Where(v => v.Active))
        {
            if (Park.ScriptVolumes.Contains(Path.GetFileNameWithoutExtension(volume.Path)))
                yield return $"volume {Path.GetFileNameWithoutExtension(volume.Path)}";
            else if (view.Id.Value is 2 or 5)
                yield return $"loop {view.Id}";
        }
    }

    // The names of devices are nobody's business.
    private static string Comparable(string line) => line.Split(' ') is ["tap" or "loop", var vm, _] ? $"{line[..line.IndexOf(' ')]} {vm}" : line;
}
