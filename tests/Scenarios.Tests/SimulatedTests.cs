using VmSupervisor.Scenarios.Tests.Playing;
using VmSupervisor.Scenarios.Tests.Simulated;
using VmSupervisor.Scenarios.Tests.Text;

namespace VmSupervisor.Scenarios.Tests;

/// <summary>Every scenario on the simulated hypervisor, with many seeds.</summary>
public sealed class SimulatedTests
{
    private const int Seeds = 20;

    /// <summary>Where the seed decides, the rare orders are to be seen, too.</summary>
    private const int SeedsOfAnyOrder = 100;

    public static TheoryData<string> Names => [.. ScenarioFiles.Names];

    [Theory, MemberData(nameof(Names))]
    public async Task A_scenario_comes_to_what_its_file_expects_with_every_seed(string name)
    {
        var scenario = ScenarioFiles.Read(name);
        var outcomes = new Dictionary<string, long>();
        for (var seed = 1L; seed <= (scenario.IsAnyOrder ? SeedsOfAnyOrder : Seeds); seed++)
        {
            var stage = new SimulatedStage(seed, scenario);
            var log = await Player.PlayAsync(scenario, stage);
            var violations = stage.End();
            Assert.True(violations.Count == 0, $"{name}, seed {seed}:\n{string.Join('\n', violations)}\n{log}");
            outcomes.TryAdd(log, seed);
        }

        Judge.Outcomes(scenario, outcomes);
    }
}
