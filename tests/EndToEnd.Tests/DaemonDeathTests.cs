using VmSupervisor.Contracts.Commands;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>The guests outlive the daemon, however it ends, and the next one owns them.</summary>
[Trait("Category", "Qemu")]
public sealed class DaemonDeathTests
{
    [Theory(Timeout = Limits.Test)]
    [InlineData(true)]
    [InlineData(false)]
    public Task Guests_do_not_notice_that_the_daemon_ends_and_the_next_one_owns_them(bool killed) => Node.OfItsOwnAsync(async node =>
    {
        int[] vms = [1, 2, 3];
        var pids = new Dictionary<int, int>();
        foreach (var vm in vms)
        {
            await node.DefineAsync(Definitions.Nano(vm).WithHook(node));
            await node.StartAsync(vm);
            await node.SerialOf(vm, 1).BeatsOnAsync();
            pids[vm] = node.World.TheProcess(vm).Pid;
        }

        await (killed ? node.KillDaemonAsync() : node.StopDaemonAsync());
        // A guest that nobody supervises beats on.
        foreach (var vm in vms)
            await node.SerialOf(vm, 1).BeatsOnAsync(10);
        await node.StartDaemonAsync();

        foreach (var vm in vms)
        {
            var view = await node.ShowAsync(vm);
            Assert.Equal(("Running", "running", pids[vm], 1L), (view.State, view.Guest, view.Pid, view.Incarnation.Value));
            Assert.Equal(pids[vm], node.World.TheProcess(vm).Pid);
            await node.SerialOf(vm, 1).BeatsOnAsync();
            node.SerialOf(vm, 1).AssertNoBeatIsMissing();
        }

        // One of each kind of end, by the daemon that has not launched them.
        await node.StopAsync(1);
        await node.DoAsync(2, new VmCommand.Shutdown());
        Kernel.Signal(pids[3], Kernel.Kill);
        await node.WaitAsync(3, "CleanedUp");
        Assert.Empty(node.World.Processes());
        (await node.HistoryAsync(1)).AssertCleanedOnce("api-stop");
        (await node.HistoryAsync(2)).AssertCleanedOnce("api-stop");
        (await node.HistoryAsync(3)).AssertCleanedOnce("crash");
        // Of a process that is not its child, nobody tells the daemon how it ended.
        Assert.Equal("unknown", (await node.HistoryAsync(3)).The("process-exited", 1).Data["exit"]);
    });

    [Fact(Timeout = Limits.Test)]
    public Task What_a_guest_did_while_no_daemon_ran_is_found_out_and_cleaned_up_once() => Node.OfItsOwnAsync(async node =>
    {
        foreach (var vm in new[] { 1, 2, 3 })
        {
            await node.DefineAsync(Definitions.Nano(vm).WithHook(node));
            await node.StartAsync(vm);
            await node.SerialOf(vm, 1).BeatsOnAsync();
        }

        var killed = node.World.TheProcess(1).Pid;
        await node.KillDaemonAsync();
        Kernel.Signal(killed, Kernel.Kill);
        node.SerialOf(2, 1).Type("off");
        node.SerialOf(3, 1).Type("panic");
        await node.SerialOf(2, 1).SeesAsync("OFF");
        await node.SerialOf(3, 1).SeesAsync("PANIC");
        await Eventually.TrueAsync("the killed QEMU is gone", () => !World.Lives(killed));
        await node.StartDaemonAsync();

        (int Vm, string Cause)[] expected = [(1, "crash"), (2, "guest-shutdown"), (3, "guest-panic")];
        foreach (var (vm, cause) in expected)
        {
            Assert.Equal(cause, (await node.WaitAsync(vm, "CleanedUp")).Cause);
            (await node.HistoryAsync(vm)).AssertCleanedOnce(cause);
            Assert.Equal(["pre-start", "post-start", "post-stop"], node.World.PhasesOf(vm, 1));
        }

        Assert.Empty(node.World.Processes());
        // And nothing of it happens again.
        await node.RestartDaemonAsync();
        foreach (var (vm, cause) in expected)
            (await node.HistoryAsync(vm)).AssertCleanedOnce(cause);
    });

    [Theory(Timeout = Limits.Test)]
    [InlineData("pre-start", true)]
    [InlineData("pre-start", false)]
    [InlineData("post-start", false)]
    [InlineData("post-stop", true)]
    public Task A_hook_that_runs_when_the_daemon_is_killed_goes_on_and_is_not_repeated(string phase, bool endsMeanwhile) => Node.OfItsOwnAsync(async node =>
    {
        var gate = node.In($"gate-{phase}");
        Kernel.MakeFifo(gate);
        await node.DefineAsync(Definitions.Nano(1).WithHook(node));
        var isStop = phase == "post-stop";
        if (isStop)
            await node.StartAsync(1);
        var operation = await node.Client.SubmitAsync("1", isStop ? new VmCommand.Stop() : new VmCommand.Start());
        await Eventually.TrueAsync($"the {phase} hook begins", () => node.World.PhasesOf(1, 1).Contains(phase));
        var hook = node.World.Hooks()[^1].Pid;

        await node.KillDaemonAsync();
        Assert.True(World.Lives(hook));
        if (endsMeanwhile)
        {
            await OpenAsync(gate);
            await Eventually.TrueAsync("the hook has ended", () => !World.Lives(hook));
            await node.StartDaemonAsync();
        }
        else
        {
            await node.StartDaemonAsync();
            Assert.True(World.Lives(hook));
            await OpenAsync(gate);
        }

        var ended = await node.Client.OperationAsync(operation.Id, Limits.Step);
        Assert.Equal("Succeeded", ended.Status.ToString());
        Assert.Equal(isStop ? "CleanedUp" : "Running", (await node.ShowAsync(1)).State);
        Assert.Single(node.World.PhasesOf(1, 1), phase);
        var outcome = Assert.Single((await node.HistoryAsync(1)).Of("hook-ended"), e => e.Data["phase"] == phase);
        Assert.Equal("succeeded", outcome.Data["status"]);
        await node.StopAsync(1);
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_hook_that_dies_with_the_daemon_is_unknown_and_not_repeated() => Node.OfItsOwnAsync(async node =>
    {
        Kernel.MakeFifo(node.In("gate-pre-start"));
        await node.DefineAsync(Definitions.Nano(1).WithHook(node));
        var start = await node.Client.SubmitAsync("1", new VmCommand.Start());
        await Eventually.TrueAsync("the pre-start hook begins", () => node.World.PhasesOf(1, 1).Count == 1);
        await node.KillDaemonAsync();
        foreach (var process in node.World.Everything())
            Kernel.Signal(process.Pid, Kernel.Kill);
        await Eventually.TrueAsync("the hook and its runner are gone", () => node.World.Everything().Count == 0);

        await node.StartDaemonAsync();

        var ended = await node.Client.OperationAsync(start.Id, Limits.Step);
        Assert.Contains("their runner is gone without a result", ended.Problem!.Detail);
        Assert.Equal(["pre-start", "post-stop"], node.World.PhasesOf(1, 1));
        (await node.HistoryAsync(1)).AssertCleanedOnce("start-failed");
        node.World.Forget("pre-start");
    });

    // Whoever reads it comes to the end of its input.
    private static async Task OpenAsync(string fifo)
    {
        await using var end = new FileStream(fifo, FileMode.Open, FileAccess.Write);
        File.Delete(fifo);
    }
}
