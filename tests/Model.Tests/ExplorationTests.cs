using VmSupervisor.Model.Laws;
using VmSupervisor.Model.Scenarios;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Tests;

/// <summary>The production rules, exhaustively within the bounds of <see cref="Suite.Quick"/>.</summary>
[Collection(nameof(Explored))]
public sealed class ExplorationTests(Explored explored)
{
    public static TheoryData<string> Names => [.. Suite.Quick.Select(b => b.Name)];

    [Theory, MemberData(nameof(Names))]
    public void No_law_is_broken_in_any_state_that_can_be_reached(string name)
    {
        var found = explored.Results[name];
        Assert.True(found.Counterexample is null, found.Counterexample is { } wrong ? $"{wrong}\n\n{ScenarioText.Of(Suite.Quick.Single(b => b.Name == name), wrong)}" : "");
        Assert.True(found.Complete);
    }

    [Fact]
    public void As_many_states_are_reached_as_before()
    {
        var each = string.Join('\n', explored.Results.Select(r => $"  {r.Value.States,9}  {r.Key}"));
        var total = explored.Results.Values.Sum(r => r.States);
        Assert.True(
            total == StateCounts.Total,
            $"{total} states were reached, {StateCounts.Total} are expected.\n{each}\n"
            + $"If the change was meant to change what can happen, set StateCounts.Total (tests/Model.Tests/StateCounts.cs) to {total}, and run 'make proof'.");
    }

    [Fact]
    public void Every_kind_of_event_is_met()
    {
        var missing = Coverage.AllEvents.Except(explored.Coverage.Events).Except(NotReached.Events.Keys).ToArray();
        Assert.True(
            missing.Length == 0,
            $"no exploration meets {string.Join(", ", missing)}: give tests/Model/Worlds/Suite.cs a menu or a fault that leads there, or say in tests/Model.Tests/NotReached.cs why not");
        Assert.Empty(NotReached.Events.Keys.Intersect(explored.Coverage.Events));
    }
}
