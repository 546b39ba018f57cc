using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using VmSupervisor.Simulation.Counting;
using VmSupervisor.Simulation.Plans;
using VmSupervisor.Simulation.Playing;

namespace VmSupervisor.Simulation.Tests;

/// <summary>A seed is a run, here and in any other process.</summary>
public sealed partial class DeterminismTests
{
    public static TheoryData<long> Seeds => [.. Enumerable.Range(1, 40).Select(s => (long)s)];

    public static TheoryData<long> FewSeeds => [3, 14, 159];

    [Theory, MemberData(nameof(Seeds))]
    public void The_same_seed_is_the_same_run(long seed)
    {
        var first = TraceOf(Planner.Of(seed));
        Assert.Equal(first, TraceOf(Planner.Of(seed)));
        Assert.NotEqual(first, TraceOf(Planner.Of(seed) with { Order = 1 }));
    }

    [Theory, MemberData(nameof(FewSeeds))]
    public void The_same_seed_is_the_same_run_in_another_process(long seed)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "simulate"))
        {
            ArgumentList = { "--first", seed.ToString(CultureInfo.InvariantCulture), "--seeds", "1" },
            RedirectStandardOutput = true,
        })!;
        var story = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(TraceOf(Planner.Of(seed)).ToString("x16", CultureInfo.InvariantCulture), Fingerprint().Match(story).Groups[1].Value);
    }

    [Fact]
    public void A_part_of_a_plan_is_the_same_part_again()
    {
        var part = Planner.Of(5).Only([0, 2, 4, 6]);
        Assert.Equal([0, 2, 4, 6], part.Acts.Select(a => a.Place));
        Assert.Equal("FIRST=5 SEEDS=1 ORDER=0 ONLY=0,2,4,6", part.Again(isWhole: false));
        Assert.Equal(TraceOf(part), TraceOf(Planner.Of(5).Only([0, 2, 4, 6])));
    }

    private static ulong TraceOf(Plan plan) => Run.Of(plan, Subject.Production, new Tally(), traced: true).Trace;

    [GeneratedRegex("trace ([0-9a-f]{16})")]
    private static partial Regex Fingerprint();
}
