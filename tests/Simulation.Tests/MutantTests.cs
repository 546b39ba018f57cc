using VmSupervisor.Actors.TestKit.Journals;
using VmSupervisor.Simulation.Counting;
using VmSupervisor.Simulation.Plans;
using VmSupervisor.Simulation.Playing;
using VmSupervisor.Simulation.Reducing;
using VmSupervisor.TestKit;

namespace VmSupervisor.Simulation.Tests;

/// <summary>That the seeds can fail: known faults are found, told by the invariant they break, and reduced to a few acts.</summary>
public sealed class MutantTests
{
    private const int SeedsAtMost = 200;

    [Fact]
    public void A_journal_that_answers_before_it_is_durable_is_found_out() => FoundOut(
        new Subject { Journal = journal => new FaultyJournal(journal) { AnswersEarly = true } },
        most: 3, Invariant.DurableBeforeVisible);

    [Fact]
    public void A_hook_runner_that_runs_twice_is_found_out() => FoundOut(
        new Subject { Host = node => node.Hooks.KeepsClaims = false },
        most: 6, Invariant.HooksBalance);

    [Fact]
    public void A_monitor_that_closes_taken_for_an_exit_releases_under_a_living_process_and_is_found_out() => FoundOut(
        new Subject { World = world => world with { Hypervisor = new ExitAtEndOfMonitor(world.Hypervisor) } },
        most: 6, Invariant.NotCleanWhileAlive);

    [Fact]
    public void A_cleanup_that_leaves_a_resource_is_found_out() => FoundOut(
        new Subject { World = world => world with { Resources = new LeavesTheNetwork(world.Resources) } },
        most: 4, Invariant.NothingUnowned);

    private static void FoundOut(Subject subject, int most, Invariant expected)
    {
        var (plan, failure) = First(subject);
        var (reduced, outcome) = new Reducer(subject).Reduce(plan, failure);
        Assert.Equal(expected, failure.Violations[0].Invariant);
        Assert.Equal(expected, outcome.Violations[0].Invariant);
        Assert.True(reduced.Acts.Length <= most, $"{reduced.Acts.Length} acts are left:\n{reduced}");

        // What is reported gives the same again, and without the fault it is a run like any other.
        var again = (Planner.Of(plan.Seed) with { Order = reduced.Order }).Only(reduced.Acts.Select(a => a.Place));
        Assert.Equal(outcome.Violations, Run.Of(again, subject, new Tally()).Violations);
        Assert.False(Run.Of(again, Subject.Production, new Tally()).Failed);
    }

    private static (Plan, RunOutcome) First(Subject subject)
    {
        for (var seed = 1; seed <= SeedsAtMost; seed++)
        {
            var plan = Planner.Of(seed);
            var outcome = Run.Of(plan, subject, new Tally());
            if (outcome.Failed)
                return (plan, outcome);
        }

        throw new InvalidOperationException($"no seed up to {SeedsAtMost} finds it");
    }
}
