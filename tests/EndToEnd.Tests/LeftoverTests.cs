using System.Diagnostics;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>What no VM accounts for: shown, and removed only when a person wants it and it is surely ours.</summary>
[Trait("Category", "Qemu")]
public sealed class LeftoverTests
{
    [Fact(Timeout = Limits.Test)]
    public Task A_QEMU_that_a_restored_journal_has_forgotten_runs_on_until_a_person_has_it_ended() => RunningAsync(async node =>
    {
        (await node.CliAsync("journal", "backup", node.In("backup.db"))).Expect(0);
        await node.DefineAsync(Definitions.Nano(8));
        await node.StartAsync(8);
        var forgotten = node.World.TheProcess(8).Pid;
        await node.StopDaemonAsync();
        (await node.CliAsync("journal", "restore", node.In("backup.db"), "--state-dir", node.State)).Expect(0);
        await node.StartDaemonAsync();

        var doctor = await node.CliAsync("doctor", "-o", "json");
        Assert.Contains($"process {forgotten} (qemu-system-x86_64) uses", doctor.Output);
        var plan = await node.CliAsync("doctor", "--fix");
        Assert.Contains($"process {forgotten} (qemu-system-x86_64) uses {node.Run}/vms/8/1, and no VM owns it\n  would: end it", plan.Expect(4).Output);
        Assert.Equal("vmsup: nothing was done: --fix --yes does it without asking", plan.OneError);
        Assert.True(World.Lives(forgotten));

        var done = (await node.CliAsync("doctor", "--fix", "--yes", "-o", "json")).Expect(0);
        Assert.All(done.Json.AsArray(), one => Assert.True((bool)one!["removed"]!));
        Assert.False(World.Lives(forgotten));
        Assert.DoesNotContain(node.World.RunDirectories(), d => d.Contains("/vms/8/"));
        Assert.NotEmpty(node.World.Processes());
        Assert.Contains("uid 0 (root), pid", node.Daemon.Log);
        Assert.Contains("had a leftover removed: process", node.Daemon.Log);
        Assert.Contains("Nothing is left", (await node.CliAsync("doctor", "--fix")).Expect(0).Output);

        // The VM's history tells it, once there is such a VM.
        await node.DefineAsync(Definitions.Nano(8));
        Assert.Equal(2, (await node.HistoryAsync(8)).Of("leftover-removed").Count());
    });

    [Fact(Timeout = Limits.Test)]
    public Task What_only_looks_like_ours_is_shown_and_never_signalled() => RunningAsync(async node =>
    {
        // It names a run directory of ours, and holds no lock of ours.
        var other = Path.Combine(node.Run, "vms", "9", "4");
        Directory.CreateDirectory(other);
        using var qemu = Process.Start(Programs.Prepare("bash", ["-c", $"exec -a qemu-system-x86_64 sh -c 'read line' {other}/qmp.sock"]))!;
        try
        {
            await Eventually.TrueAsync("it is there", () => node.World.Processes().Any(p => p.Pid == qemu.Id && p.Arguments[0].StartsWith("qemu", StringComparison.Ordinal)));
            var fixing = await node.CliAsync("doctor", "--fix", "--yes");
            Assert.Contains($"process {qemu.Id} (qemu-system-x86_64) uses {other}, and no VM owns it\n  left alone: it does not hold the lock", fixing.Expect(1).Output);
            Assert.Contains("is in use: process", fixing.Output);
            Assert.False(qemu.HasExited);
            Assert.True(Directory.Exists(other));
        }
        finally
        {
            qemu.Kill();
            await qemu.WaitForExitAsync();
        }

        (await node.CliAsync("doctor", "--fix", "--yes")).Expect(0);
        Assert.False(Directory.Exists(Path.GetDirectoryName(other)));
    });

    [Fact(Timeout = Limits.Test)]
    public Task On_a_terminal_it_asks_and_does_nothing_without_a_yes() => RunningAsync(async node =>
    {
        var left = Path.Combine(node.Run, "vms", "9", "4");
        Directory.CreateDirectory(left);
        using (var refused = ConsoleProcess.StartOnTerminal(node, "doctor --fix"))
        {
            await refused.SeesAsync("Do it? [y/N] ");
            await refused.TypeAsync("\n");
            await refused.SeesAsync("left with 4");
        }

        Assert.True(Directory.Exists(left));
        using var agreed = ConsoleProcess.StartOnTerminal(node, "doctor --fix");
        await agreed.SeesAsync("Do it? [y/N] ");
        await agreed.TypeAsync("y\n");
        await agreed.SeesAsync("it was deleted");
        await agreed.SeesAsync("left with 0");
        Assert.False(Directory.Exists(left));
    });

    private static Task RunningAsync(Func<Node, Task> test) => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(7));
        await node.StartAsync(7);
        await test(node);
    });
}
