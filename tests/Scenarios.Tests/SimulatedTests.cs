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

    public static TheoryData<string> Names => [.. ScenarioFiles.Names];

    [Theory, MemberData(nameof(Names))]
    public async Task A_scenario_comes_to_what_its_file_expects_with_every_seed(string name)
    {
        var scenario = ScenarioFiles.Read(name);
        var outcomes = new Dictionary<string, long>();
        for (var seed = 1L; seed <= SeedsFor(scenario); seed++)
        {
            var stage = new SimulatedStage(seed, scenario);
            var log = await Player.PlayAsync(scenario, stage);
            var violations = stage.End();
            Assert.True(violations.Count == 0, $"{name}, seed {seed}:\n{string.Join('\n', violations)}\n{log}");
            outcomes.TryAdd(log, seed);
        }

        Judge.Outcomes(scenario, outcomes);
    }

    private static int SeedsFor(Scenario scenario) => !scenario.IsAnyOrder ? Seeds : ScenarioFiles.IsUpdate ? SeedsOfUpdate : SeedsOfAnyOrder;
}
