using VmSupervisor.Scenarios.Tests.Playing;
using VmSupervisor.Scenarios.Tests.Simulated;
using VmSupervisor.Scenarios.Tests.Text;

namespace VmSupervisor.Scenarios.Tests;

/// <summary>Every scenario on the simulated hypervisor, with many seeds.</summary>
public sealed class SimulatedTests
{
    private const int Seeds = 20;

    /// <summary>Where the seed decides.</summary>
    private const int SeedsOfAnyOrder = 100;

    /// <summary>
    /// Where the seed decides and the outcomes are written: the rare ones, too, so that another order of the same seeds
    /// brings nothing new.
    /// </summary>
    private const int SeedsOfUpdate = 1500;

    /// <summary>With each of which everything takes another time.</summary>
    private const int SeedsOfShaking = 5;

    public static TheoryData<string> Names => [.. ScenarioFiles.Names];

    public static TheoryData<string> Ordered => [.. ScenarioFiles.Names.Where(n => !ScenarioFiles.Read(n).IsAnyOrder)];

    [Theory, MemberData(nameof(Names))]
    public async Task A_scenario_comes_to_what_its_file_expects_with_every_seed(string name)
    {
        var scenario = ScenarioFiles.Read(name);
        var outcomes = new Dictionary<string, long>();
        for (var seed = 1L; seed <= SeedsFor(scenario); seed++)
            outcomes.TryAdd(await PlayAsync(scenario, seed), seed);
        Judge.Outcomes(scenario, outcomes);
    }

    [Theory(SkipTestWithoutData = true), MemberData(nameof(Ordered))]
    public async Task A_scenario_comes_to_the_same_when_everything_takes_another_time(string name)
    {
        Assert.SkipWhen(ScenarioFiles.IsUpdate, "the outcomes are being written");
        var scenario = ScenarioFiles.Read(name);
        for (var seed = 1L; seed <= SeedsOfShaking; seed++)
            Judge.Outcome(scenario, await PlayAsync(scenario, seed, isShaken: true), $"shaken by seed {seed}");
    }

    private static async Task<string> PlayAsync(Scenario scenario, long seed, bool isShaken = false)
    {
        var stage = new SimulatedStage(seed, scenario, isShaken);
        var log = await Player.PlayAsync(scenario, stage);
        var violations = stage.End();
        Assert.True(violations.Count == 0, $"{scenario.Name}, seed {seed}:\n{string.Join('\n', violations)}\n{log}");
        return log;
    }

    private static int SeedsFor(Scenario scenario) => !scenario.IsAnyOrder ? Seeds : ScenarioFiles.IsUpdate ? SeedsOfUpdate : SeedsOfAnyOrder;
}
