using VmSupervisor.Model.Mutants;
using VmSupervisor.Model.Proof;
using VmSupervisor.Model.Scenarios;
using VmSupervisor.Scenarios.Tests.Playing;
using VmSupervisor.Scenarios.Tests.Simulated;
using VmSupervisor.Scenarios.Tests.Text;

namespace VmSupervisor.Scenarios.Tests;

/// <summary>What the model checker finds is printed as a scenario, which can be read and played as it stands.</summary>
public sealed class CounterexampleTests
{
    private const int Seeds = 3;

    public static TheoryData<string> Names => [.. AllMutants.List.Select(m => m.Rules.Name)];

    [Theory, MemberData(nameof(Names))]
    public async Task A_counterexample_of_a_known_bug_is_a_scenario_that_the_right_rules_play_without_a_violation(string name)
    {
        var text = TextOf(name);
        for (var seed = 1L; seed <= Seeds; seed++)
        {
            var scenario = ScenarioReader.Read("counterexample.scenario", text);
            var stage = new SimulatedStage(seed, scenario);
            var log = await Player.PlayAsync(scenario, stage);
            Assert.Contains("1 start-accepted", log, StringComparison.Ordinal);
            Assert.Empty(stage.End());
        }
    }

    [Fact]
    public void What_was_done_and_what_went_wrong_stand_where_the_trace_had_come_to()
    {
        Assert.EndsWith(
            """
            start 104
            when 104/1 journals started: qemu 104 is killed
            start 104

            """,
            TextOf("start that does not look at the process"));
        Assert.EndsWith(
            """
            start 104
            when 104/1 journals start-accepted: stop 104
            when 104/1 journals stop-advanced phase=clean: release run-directory fails "it is busy"
            when 104/1 journals release-failed: release run-directory works

            """,
            TextOf("cleanup that does not look whether it worked"));
    }

    [Fact]
    public void What_has_no_word_is_a_comment_that_says_so() =>
        Assert.EndsWith("\n# no word for: told late: Launched\n", TextOf("cleanup not keyed by incarnation"));

    private static string TextOf(string name)
    {
        var mutant = AllMutants.List.Single(m => m.Rules.Name == name);
        return ScenarioText.Of(mutant.Bounds, MutantReports.Explore(mutant).Counterexample!);
    }
}
