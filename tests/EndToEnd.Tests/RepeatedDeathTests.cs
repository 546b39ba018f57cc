using System.Globalization;
using VmSupervisor.Client;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>The daemon is killed again and again in the middle of starts, stops and crashes, at moments spread evenly.</summary>
[Trait("Category", "Qemu")]
[Trait("Speed", "Slow")]
public sealed class RepeatedDeathTests
{
    private const int Rounds = 14;
    private const string Succeeded = "succeeded";

    // From before the first write of the command to after its end, whatever the machine's speed.
    private static readonly TimeSpan Stride = TimeSpan.FromMilliseconds(25);

    [Fact(Timeout = 2 * Limits.Test)]
    public Task A_daemon_killed_at_any_moment_of_a_command_loses_nothing_and_repeats_nothing() => Node.OfItsOwnAsync(async node =>
    {
        int[] vms = [1, 2, 3];
        foreach (var vm in vms)
            await node.DefineAsync(Definitions.Nano(vm, "hb_ms=1000 idle=1").WithHook(node));
        for (var round = 0; round < Rounds; round++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{round}");
            var start = AskAsync(node, 1, new VmCommand.Start(), $"start-{name}");
            var stop = AskAsync(node, 2, new VmCommand.Stop(), $"stop-{name}");
            var crash = CrashAsync(node, 3);
            // A point in the middle of it, not a wait for it.
            await Task.WhenAny(Task.WhenAll(start, stop, crash), Task.Delay(round * Stride));
            await node.KillDaemonAsync();
            await Task.WhenAll(start, stop, crash);
            await node.StartDaemonAsync();

            // The same requests again: what was acknowledged is not done twice, and what was lost is done now.
            var again = await AskAsync(node, 1, new VmCommand.Start(), $"start-{name}");
            Assert.True(again is Succeeded or "vm 1: start failed: the supervisor was restarted before the launch was recorded", again);
            Assert.Equal(again, await AskAsync(node, 1, new VmCommand.Start(), $"start-{name}"));
            Assert.Equal(again == Succeeded ? "Running" : "CleanedUp", (await node.ShowAsync(1)).State);
            Assert.Equal(Succeeded, await AskAsync(node, 2, new VmCommand.Stop(), $"stop-{name}"));
            Assert.Equal("CleanedUp", (await node.ShowAsync(2)).State);

            await node.StopAsync(1);
            await node.StartAsync(2);
            await node.StartAsync(3);
            Assert.Equal(2, node.World.Processes().Count);
        }

        foreach (var vm in vms)
        {
            await node.StopAsync(vm);
            var history = await node.HistoryAsync(vm);
            var lives = history.Of("start-accepted").Select(e => e.Incarnation).ToArray();
            Assert.Equal(lives, history.Of("cleaned-up").Select(e => e.Incarnation));
            Assert.All(lives, life => Assert.Single(node.World.PhasesOf(vm, life.Value), "post-stop"));
        }
    });

    private static async Task<string> AskAsync(Node node, int vm, VmCommand command, string operation)
    {
        try
        {
            await node.DoAsync(vm, command, operation);
            return Succeeded;
        }
        catch (VmsupException e)
        {
            return e.Message;
        }
    }

    private static Task CrashAsync(Node node, int vm)
    {
        if (node.World.Processes().SingleOrDefault(p => p.Arguments.Any(a => a.Contains($"/vms/{vm}/"))) is { } qemu)
            Kernel.Signal(qemu.Pid, Kernel.Kill);
        return Task.CompletedTask;
    }
}
