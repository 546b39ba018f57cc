using VmSupervisor.Chaos.Tests.Driving;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.Chaos.Tests;

[Trait("Category", "Qemu")]
[Trait("Speed", "Slow")]
public sealed class ChaosTests
{
    // Its plan kills the daemon in two of its rounds; see the last assertion.
    private const int Seed = 4, Rounds = 3;

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
    }
}
