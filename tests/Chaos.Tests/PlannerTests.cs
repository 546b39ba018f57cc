using VmSupervisor.Chaos.Tests.Driving;

namespace VmSupervisor.Chaos.Tests;

public sealed class PlannerTests
{
    [Fact]
    public void The_same_seed_makes_the_same_plans_and_another_one_others()
    {
        Assert.Equal(Plans(7), Plans(7));
        Assert.NotEqual(Plans(7), Plans(8));
    }

    [Fact]
    public void All_kinds_of_commands_and_faults_come_up_and_every_other_round_kills_the_daemon()
    {
        var planner = new Planner(1, new Park("/tmp/chaos-123456"));
        var plans = Enumerable.Range(0, 300).Select(_ => planner.Next()).ToList();

        Assert.Equal(Enum.GetValues<FaultKind>().Order(), plans.SelectMany(p => p.Faults).Select(f => f.Kind).Distinct().Order());
        Assert.Equal(
            ["backup", "cancel", "define", "pause", "reboot", "reset", "resume", "shutdown", "start", "stop", "suspend-to-disk", "undefine"],
            plans.SelectMany(p => p.Clients).SelectMany(c => c).Select(c => c.Command?.Kind).OfType<string>().Distinct().Order(StringComparer.Ordinal));
        Assert.InRange(plans.Count(p => p.Faults.Any(f => f.EndsDaemon)), 110, 190);
    }

    private static List<string> Plans(int seed)
    {
        var planner = new Planner(seed, new Park("/tmp/chaos-123456"));
        return [.. Enumerable.Range(0, 10).Select(_ => planner.Next()).SelectMany(p => p.Clients.SelectMany(c => c.Select(o => $"{o}")).Concat(p.Faults.Select(f => $"{f.Pause} {f}")))];
    }
}
