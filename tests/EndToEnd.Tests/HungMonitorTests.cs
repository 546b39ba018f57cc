using System.Diagnostics;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>A QEMU that answers nothing: stopped, as by a hung disk.</summary>
[Trait("Category", "Qemu")]
public sealed class HungMonitorTests
{
    [Fact(Timeout = Limits.Test)]
    public Task Stop_ends_a_vm_whose_monitor_hangs_in_under_two_seconds_and_another_vm_does_not_notice() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(1));
        await node.DefineAsync(Definitions.Nano(2));
        await node.StartAsync(1);
        await node.StartAsync(2);
        var other = node.SerialOf(2, 1);
        await other.BeatsOnAsync();
        var (before, pid, entries) = (other.Beats()[^1], node.World.TheProcess(2).Pid, (await node.HistoryAsync(2)).Count);
        var hung = node.World.TheProcess(1).Pid;
        Kernel.Signal(hung, Kernel.Stop);

        var began = Stopwatch.GetTimestamp();
        await node.StopAsync(1);
        var took = Stopwatch.GetElapsedTime(began);

        Assert.False(World.Lives(hung));
        var history = await node.HistoryAsync(1);
        history.AssertCleanedOnce("api-stop");
        var inside = history.The("cleaned-up", 1).Time - history.The("stop-accepted", 1).Time;
        TestContext.Current.TestOutputHelper!.WriteLine($"stop with a hung monitor: {took.TotalMilliseconds:0} ms, {inside.TotalMilliseconds:0} ms inside");
        Assert.True(inside < TimeSpan.FromSeconds(2), $"{inside}");

        await Eventually.TrueAsync("the other guest has beaten on meanwhile", () => other.Beats()[^1] > before);
        other.AssertNoBeatIsMissing();
        Assert.Equal(pid, node.World.TheProcess(2).Pid);
        Assert.Equal(entries, (await node.HistoryAsync(2)).Count);
    });

    [Fact(Timeout = Limits.Test)]
    public Task Start_of_a_vm_whose_monitor_hangs_is_refused_and_touches_nothing() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(1));
        await node.StartAsync(1);
        var pid = node.World.TheProcess(1).Pid;
        Kernel.Signal(pid, Kernel.Stop);

        var refused = (await node.CliAsync("start", "1")).Expect(4);

        Assert.Contains("monitor unresponsive", refused.OneError);
        Assert.Equal(pid, node.World.TheProcess(1).Pid);
        Assert.Equal("Running", (await node.ShowAsync(1)).State);
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_daemon_that_finds_a_hung_monitor_gets_ready_and_stop_ends_the_vm() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(1));
        await node.StartAsync(1);
        var pid = node.World.TheProcess(1).Pid;
        Kernel.Signal(pid, Kernel.Stop);

        await node.RestartDaemonAsync();
        var view = await node.ShowAsync(1);
        Assert.Equal(("Running", pid), (view.State, view.Pid));
        await node.StopAsync(1);

        Assert.False(World.Lives(pid));
        var history = await node.HistoryAsync(1);
        history.AssertCleanedOnce("api-stop");
        var inside = history.The("cleaned-up", 1).Time - history.The("stop-accepted", 1).Time;
        Assert.True(inside < TimeSpan.FromSeconds(2), $"{inside}");
    });
}
