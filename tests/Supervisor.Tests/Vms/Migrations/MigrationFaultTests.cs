using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Domain;
using VmSupervisor.TestKit;

namespace VmSupervisor.Supervisor.Tests.Vms.Migrations;

/// <summary>
/// Whatever dies at whatever moment of a migration: one copy runs, nothing is left over, and the VM can be moved again. The
/// same table as on real QEMU, in virtual time and so with many orders of what follows.
/// </summary>
public sealed class MigrationFaultTests
{
    private static readonly (bool OnA, string Event)[] Moments =
    [
        (true, "migration-accepted"), (true, "migration-began"), (false, "receive-accepted"), (false, "launched"), (false, "listen-began"), (true, "migration-prepared"),
        (true, "finish-requested"), (false, "migration-committed"), (false, "guest-continued"), (false, "verdict-reached"), (true, "handover-decided"),
    ];

    public static TheoryData<string, string, int> Cells
    {
        get
        {
            var cells = new TheoryData<string, string, int>();
            foreach (var victim in new[] { "a", "b", "both", "line", "QEMU of a", "QEMU of b" })
            {
                foreach (var moment in Enumerable.Range(0, Moments.Length))
                {
                    foreach (var away in new[] { 0, 1, 30 })
                    {
                        if (away != 1 || victim is "line")
                            cells.Add(victim, Moments[moment].Event, away);
                    }
                }
            }

            return cells;
        }
    }

    [Theory, MemberData(nameof(Cells))]
    public void One_copy_runs_in_the_end_and_nothing_is_left(string victim, string moment, int secondsAway)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var pair = new SimulatedPair(seed * 100);
            var node = Moments.Single(m => m.Event == moment).OnA ? pair.A : pair.B;
            _ = pair.MigrateUntil(node, moment);
            Befall(pair, victim, TimeSpan.FromSeconds(secondsAway));
            AssertSettles(pair, victim, $"seed {seed * 100}");
        }
    }

    private static void Befall(SimulatedPair pair, string victim, TimeSpan away)
    {
        switch (victim)
        {
            case "line":
                pair.Cut();
                pair.Dispatcher.RunFor(away);
                pair.Mend();
                break;
            case "QEMU of a" or "QEMU of b":
                var node = victim == "QEMU of a" ? pair.A : pair.B;
                foreach (var process in node.Hypervisor.Living.ToArray())
                    node.Hypervisor.Kill(process);
                pair.Dispatcher.RunFor(away);
                break;
            default:
                SimulatedNode[] victims = victim == "both" ? [pair.A, pair.B] : [victim == "a" ? pair.A : pair.B];
                foreach (var one in victims)
                    one.Abandon();
                pair.Dispatcher.RunFor(away);
                foreach (var one in victims)
                    one.Begin();
                break;
        }
    }

    private static void AssertSettles(SimulatedPair pair, string victim, string run)
    {
        pair.Dispatcher.RunFor(TimeSpan.FromMinutes(2));
        Assert.True(pair.Running <= 1, $"{run}: {pair.Running} copies run");
        Assert.Empty(pair.A.Supervisor.Operations());
        Assert.Empty(pair.B.Supervisor.Operations());
        var (a, b) = (pair.A.Supervisor.Find("7"), pair.B.Supervisor.Find("7"));
        Assert.True((a is null || a.Home == "b") != (b is null || b.Home == "a"), $"{run}: it is defined on both nodes, or on none: {a} {b}");
        var home = a is null or { Home: not null } ? pair.B : pair.A;

        // A VM whose QEMU was killed is down by its own restart policy, and nowhere else.
        if (victim.StartsWith("QEMU", StringComparison.Ordinal) && pair.Running == 0)
        {
            Assert.Equal("CleanedUp", home.View(pair.Vm).State);
            Assert.Equal(Contracts.Views.OperationStatus.Succeeded, home.Do(pair.Vm, new VmCommand.Start()).Status);
        }

        pair.AssertRunsOnlyOn(home);
        Assert.Equal(Contracts.Views.OperationStatus.Succeeded, home.Do(pair.Vm, new VmCommand.Migrate(home == pair.A ? "b" : "a")).Status);
        pair.AssertRunsOnlyOn(home == pair.A ? pair.B : pair.A);
        Assert.Empty(pair.A.Invariants.Found);
        Assert.Empty(pair.B.Invariants.Found);
    }
}
