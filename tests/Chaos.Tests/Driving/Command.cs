using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace VmSupervisor.Chaos.Tests.Driving;

/// <summary>
/// <c>make chaos</c>: worlds one after the other (or some at the same time) until there were so many rounds or minutes; the
/// failures with their seeds and stories; the report.
/// </summary>
internal static class Command
{
    private const int RoundsOfWorld = 10;

    public static async Task<int> RunAsync(string[] options)
    {
        var given = options.Chunk(2).Where(p => p is [_, { Length: > 0 }]).ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
        int? Number(string name) => given.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : null;

        var minutes = Number("--minutes");
        var rounds = Number("--rounds") ?? (minutes is null ? 20 : int.MaxValue);
        var seed = Number("--seed") ?? Environment.ProcessId;
        var tally = new Tally();
        var began = Stopwatch.GetTimestamp();
        var failures = new List<WorldEnd>();
        var next = 0;

        // Worlds that are under way end in order, so that nothing of them stays on the machine.
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        Console.WriteLine($"chaos: seed {seed}, {(minutes is null ? $"{rounds} rounds" : $"{minutes} minutes")}");

        await Task.WhenAll(Enumerable.Range(0, Number("--at-once") ?? 1).Select(_ => WorkAsync()));

        var worlds = Math.Min(next, tally["worlds"]);
        var adoption = await AdoptAsync(Number("--adopt"));
        var run = new RunFigures(seed, worlds, Stopwatch.GetElapsedTime(began), tally, failures, adoption);
        Console.WriteLine(tally);
        if (given.TryGetValue("--report", out var report))
            await File.WriteAllTextAsync(Path.GetFullPath(report, Park.Metadata("RepositoryRoot")), Report.Of(run));
        Console.WriteLine($"{tally["rounds"]} rounds, the daemon killed in {tally["rounds with a daemon kill"]} of them: {failures.Sum(f => f.Violations.Count)} violations");
        return failures.Count == 0 ? 0 : 1;

        async Task<AdoptionFigures?> AdoptAsync(int? vms)
        {
            try
            {
                return vms is { } many ? await Adoption.MeasureAsync(many, kills: 5) : null;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // The rounds before it are not to be lost.
                await TellAsync(new WorldEnd(0, 0, [$"adoption of {vms}: {e.Message}"], $"{e}"));
                return null;
            }
        }

        async Task WorkAsync()
        {
            while (true)
            {
                var world = Interlocked.Increment(ref next) - 1;
                var left = Math.Min(RoundsOfWorld, rounds - (world * (long)RoundsOfWorld));
                if (left <= 0 || stop.IsCancellationRequested || (minutes is { } limit && Stopwatch.GetElapsedTime(began).TotalMinutes >= limit))
                    return;
                var end = await ChaosWorld.RunAsync(seed + world, (int)left, tally, stop.Token);
                Console.WriteLine($"{Stopwatch.GetElapsedTime(began):hh\\:mm\\:ss} seed {end.Seed}: {end.Rounds} rounds, {end.Violations.Count} violations");
                if (end.Violations.Count > 0)
                    await TellAsync(end);
            }
        }

        async Task TellAsync(WorldEnd end)
        {
            lock (failures)
                failures.Add(end);
            var directory = Park.InRepository("artifacts/chaos");
            Directory.CreateDirectory(directory);
            var file = Path.Combine(directory, $"{end.Seed}.txt");
            await File.WriteAllTextAsync(file, $"{end.Complaint}\n\n{end.Story}");
            Console.WriteLine($"{end.Complaint}\n{end.Story.Split("\n\n== histories")[0]}\nall of it: {file}");
        }
    }
}
