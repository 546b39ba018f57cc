using VmSupervisor.Simulation.Counting;

namespace VmSupervisor.Simulation.Tests;

/// <summary>The production actors, domain and journal writer over a host and a disk on which everything goes wrong.</summary>
public sealed class SeedTests(Swept swept) : IClassFixture<Swept>
{
    [Fact]
    public void No_seed_breaks_an_invariant() => Assert.True(swept.Sweep.Failed == 0, string.Join("\n\n", swept.Sweep.Failures));

    [Fact]
    public void Every_state_with_its_phases_decides() => Met(swept.Tally.Phases, Kinds.Phases);

    [Fact]
    public void Every_input_comes_to_every_state_to_which_it_can() =>
        Met([.. Expected.Meetings.Where(m => Report.Count(swept.Tally.Meetings, m) == 0)]);

    [Fact]
    public void Every_kind_of_event_is_met() => Met(swept.Tally.Events, Kinds.Events);

    [Fact]
    public void Effects_fail_in_every_way() => Met(swept.Tally.Failures, Expected.Failures);

    [Fact]
    public void The_supervisor_is_killed_under_every_kind_of_effect() => Met(swept.Tally.KilledUnder, Kinds.Effects);

    [Fact]
    public void Every_fault_of_the_store_strikes() => Met(swept.Tally.StoreFaults, Tally.AllStoreFaults);

    [Fact]
    public void A_kill_cuts_off_commits_that_survive_and_commits_that_are_lost()
    {
        Assert.Contains(swept.Tally.KilledCommitting.Counts, c => c.Words.EndsWith("survives", StringComparison.Ordinal));
        Assert.Contains(swept.Tally.KilledCommitting.Counts, c => c.Words.EndsWith("is lost", StringComparison.Ordinal));
    }

    [Fact]
    public void Vms_share_commits() => Assert.True(swept.Tally.Batches.Kinds > 1);

    [Fact]
    public void Every_transition_that_was_met_before_is_met()
    {
        var met = swept.Tally.Transitions.Counts.Select(c => c.Words).ToHashSet();
        var missing = Transitions.Known.Where(t => !met.Contains(t)).ToArray();
        Assert.True(
            missing.Length == 0,
            $"no seed takes {string.Join("; ", missing)}. If they cannot be taken any more, take them out of tests/Simulation.Tests/transitions.txt; "
            + "'make simulate SEEDS=10000 COVERAGE=file' shows those that are taken.");
    }

    private static void Met(Counter counter, IReadOnlyList<string> expected) => Met(counter.Missing(expected));

    private static void Met(IReadOnlyList<string> missing) => Assert.True(
        missing.Count == 0,
        $"no seed meets {string.Join(", ", missing)}: give tests/Simulation/Plans a deed that leads there, or say in tests/Simulation/Counting/Expected.cs why not");
}
