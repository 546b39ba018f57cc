using VmSupervisor.Chaos.Tests.Driving;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.Chaos.Tests;

[Trait("Category", "Qemu")]
[Trait("Speed", "Slow")]
public sealed class ChaosTests
{
    private const int Rounds = 3;

    /// <summary>The first whose plan kills the daemon in two of the rounds; which one that is changes with what may be planned.</summary>
    private static int Seed { get; } = Enumerable.Range(1, 1000).First(seed =>
    {
        var planner = new Planner(seed, new Park("/tmp/chaos-123456"));
        return Enumerable.Range(0, Rounds).Select(_ => planner.Next()).Count(plan => plan.Faults.Any(fault => fault.EndsDaemon)) >= 2;
    });

    [Fact(Timeout = Limits.Test * 2)]
    public async Task Some_rounds_of_chaos_break_no_invariant_and_leave_nothing()
    {
        var tally = new Tally();

        var end = await ChaosWorld.RunAsync(Seed, Rounds, tally);

        Assert.True(end.Violations.Count == 0, $"{end.Complaint}\n{end.Story}");
        Assert.Equal(Rounds, tally["rounds"]);
        Assert.NotEqual(0, tally["rounds with a daemon kill"]);
        Assert.NotEqual(0, tally["seen processes"]);
        Assert.NotEqual(0, tally["seen beats"]);
        Assert.NotEqual(0, tally["seen orphan-beats"]);
    }
}
