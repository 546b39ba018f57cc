using VmSupervisor.Scenarios.Tests.Playing;
using VmSupervisor.Scenarios.Tests.Text;

namespace VmSupervisor.Scenarios.Tests;

/// <summary>Compares what came of a scenario with what its file expects; or writes it there.</summary>
internal static class Judge
{
    /// <param name="scenario">The scenario.</param>
    /// <param name="outcomes">Every log there was, and the first seed that gave it.</param>
    public static void Outcomes(Scenario scenario, IReadOnlyDictionary<string, long> outcomes)
    {
        var first = outcomes.First();
        foreach (var other in outcomes.Skip(1).Where(_ => !scenario.IsAnyOrder))
        {
            Assert.Fail(
                $"{scenario.Name}: seed {other.Value} gives another log than seed {first.Value}; let a line wait for what decides it, or mark it "
                + $"'any-order':\n{Difference.Of(first.Key, other.Key)}");
        }

        if (ScenarioFiles.IsUpdate)
        {
            Assert.False(scenario.IsAnyOrder && outcomes.Count == 1, $"{scenario.Name}: is marked 'any-order', and every seed gives the same log; take the mark out");
            ScenarioFiles.Write(scenario, outcomes.Keys.Order(StringComparer.Ordinal));
            return;
        }

        foreach (var (log, seed) in outcomes)
            Outcome(scenario, log, $"seed {seed}");
    }

    /// <summary>One run of several.</summary>
    public static void Outcome(Scenario scenario, string log, string run)
    {
        if (scenario.Outcomes.Contains(log))
            return;
        var nearest = scenario.Outcomes.Select(o => Difference.Of(o, log)).MinBy(d => d.Split('\n').Count(l => l.StartsWith("  - ") || l.StartsWith("  + ")));
        Assert.Fail(
            $"{scenario.Name}, {run}: something else came of it (- expected, + came). If it is right, UPDATE_SCENARIOS=1 writes it:\n{nearest ?? log}");
    }
}
