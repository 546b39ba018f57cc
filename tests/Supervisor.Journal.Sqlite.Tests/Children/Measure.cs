using System.Diagnostics;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Journal.Sqlite;
using VmSupervisor.Journal.Sqlite.Native;

namespace VmSupervisor.Supervisor.Journal.Sqlite.Tests.Children;

/// <summary>
/// Appends per second with 1, 8 and 64 writers, and the latency of one, beside a bare synced insert into SQLite in the
/// same directory: `Supervisor.Journal.Sqlite.Tests measure DIRECTORY`.
/// </summary>
internal static class Measure
{
    private const int Warm = 200;
    private const int PayloadBytes = 400;

    public static async Task<int> RunAsync(string directory)
    {
        for (var round = 1; round <= 3; round++)
        {
            Bare(Path.Combine(directory, $"bare-{round}.db"));
            foreach (var writers in (int[])[1, 8, 64])
                await JournalAsync(Path.Combine(directory, $"journal-{round}-{writers}.db"), writers, 2000 * Math.Min(writers, 8));
        }
        return 0;
    }

    private static void Bare(string path)
    {
        using var database = Database.Open(path, Access.Create, TimeSpan.Zero);
        database.Execute("PRAGMA journal_mode = WAL");
        database.Execute("PRAGMA synchronous = FULL");
        database.Execute("CREATE TABLE t (id INTEGER PRIMARY KEY, payload BLOB)");
        var insert = database.Prepare("INSERT INTO t (payload) VALUES (?)");
        var payload = new byte[PayloadBytes];
        Report("bare insert", 2000, Enumerable.Range(0, 2000 + Warm).Select(_ => Time(() => insert.Begin().Bind(payload).Run())).Skip(Warm).ToList(), null);
    }

    private static async Task JournalAsync(string path, int writers, int appends)
    {
        await using var journal = SqliteJournal.Open(
            new SqliteJournalOptions { Path = path }, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<SqliteJournal>.Instance);
        await Task.WhenAll(Enumerable.Range(0, writers).Select(i => AppendAsync(journal, $"warm-{i}", Warm / writers + 1)));
        var watch = Stopwatch.StartNew();
        var latencies = await Task.WhenAll(Enumerable.Range(0, writers).Select(i => AppendAsync(journal, $"vm-{i}", appends / writers)));
        watch.Stop();
        Report($"journal, {writers} writers", appends, [.. latencies.SelectMany(l => l)], watch.Elapsed);
    }

    private static async Task<List<double>> AppendAsync(IJournal journal, string id, int count)
    {
        var latencies = new List<double>(count);
        var e = new NewEvent("vm.started", 1, new byte[PayloadBytes], TestJournal.Noon);
        for (var version = 0; version < count; version++)
        {
            var started = Stopwatch.GetTimestamp();
            await journal.MustAppendAsync(new AppendRequest(id, version, [e]));
            latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        return latencies;
    }

    private static double Time(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static void Report(string what, int count, List<double> latencies, TimeSpan? elapsed)
    {
        latencies.Sort();
        var seconds = elapsed?.TotalSeconds ?? latencies.Sum() / 1000;
        Console.WriteLine(
            $"{what,-20} {count / seconds,8:F0}/s  p50 {latencies[latencies.Count / 2]:F3} ms  p99 {latencies[latencies.Count * 99 / 100]:F3} ms  max {latencies[^1]:F1} ms");
    }
}
