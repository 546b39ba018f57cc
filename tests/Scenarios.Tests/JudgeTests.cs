using VmSupervisor.Scenarios.Tests.Playing;
using VmSupervisor.Scenarios.Tests.Simulated;
using VmSupervisor.Scenarios.Tests.Text;
using Xunit.Sdk;

namespace VmSupervisor.Scenarios.Tests;

/// <summary>That a scenario can fail, and says what came instead.</summary>
public sealed class JudgeTests
{
    private const string Script = "# title\nvm 1 { }\nstart 1\nwhen 1 is running: stop 1\nwhen 1 is cleaned-up:\n";

    [Fact]
    public async Task A_line_that_differs_is_shown_between_those_that_do_not()
    {
        var log = await PlayAsync(Script);
        var expected = log.Replace("CleanedUp api-stop", "CleanedUp crash");
        var scenario = Read($"{Script}expect\n{expected}\n");

        var difference = Assert.Throws<FailException>(() => Judge.Outcome(scenario, log, "seed 1")).Message;

        Assert.Contains("    vms\n  -   1/1 CleanedUp crash guest=off\n  +   1/1 CleanedUp api-stop guest=off\n    left\n", difference);
        Judge.Outcome(Read($"{Script}expect\n{log}\n"), log, "seed 1");
    }

    [Fact]
    public void Seeds_that_differ_fail_unless_any_order_is_allowed()
    {
        var outcomes = new Dictionary<string, long> { ["one"] = 1, ["two"] = 2 };
        Assert.Contains("seed 2 gives another log than seed 1", Assert.Throws<FailException>(() => Judge.Outcomes(Read(Script), outcomes)).Message);
        var anyOrder = Read($"{Script.Replace("vm 1", "any-order\nvm 1")}expect\none\nor\nthree\n");
        Assert.Contains("+ two", Assert.Throws<FailException>(() => Judge.Outcomes(anyOrder, outcomes)).Message);
        outcomes.Remove("two");
        outcomes["three"] = 3;
        Judge.Outcomes(anyOrder, outcomes);
    }

    [Fact]
    public async Task What_does_not_come_to_pass_is_named_by_file_and_line_with_what_did()
    {
        var fault = await Assert.ThrowsAsync<ScenarioException>(() => PlayAsync(Script.Replace("when 1 is cleaned-up", "when 1 guest is panicked")));
        Assert.StartsWith("x.scenario:5: 'when 1 guest is panicked:': it did not come to that within 600 s\njournal 1\n", fault.Message);
    }

    private static Task<string> PlayAsync(string text)
    {
        var scenario = Read(text);
        return Player.PlayAsync(scenario, new SimulatedStage(1, scenario));
    }

    private static Scenario Read(string text) => ScenarioReader.Read("x.scenario", text);
}
