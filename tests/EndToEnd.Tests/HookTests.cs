using VmSupervisor.Client;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>Hooks that veto, hang or are overtaken by what people ask for meanwhile.</summary>
[Trait("Category", "Qemu")]
public sealed class HookTests
{
    private const int Vm = 104;

    [Fact(Timeout = Limits.Test)]
    public Task A_pre_start_hook_that_fails_vetoes_the_start_and_post_stop_runs() => Node.OfItsOwnAsync(async node =>
    {
        // Its second hook: the first one has begun, so its post-stop is owed.
        await node.DefineAsync(Definitions.Nano(Vm) with { Hooks = [node.Hook, "/bin/false"] });

        var failed = (await node.CliAsync("start", $"{Vm}")).Expect(1);

        Assert.Equal($"vmsup: vm {Vm}: start failed: pre-start hook: hook /bin/false: ended with exit code 1", failed.OneError);
        Assert.Equal(["pre-start", "post-stop"], node.World.PhasesOf(Vm, 1));
        (await node.HistoryAsync(Vm)).AssertCleanedOnce("start-failed");
        Assert.Empty(node.World.Processes());
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_stop_during_a_start_cancels_it_and_post_stop_runs() => Node.OfItsOwnAsync(async node =>
    {
        Kernel.MakeFifo(node.In("gate-pre-start"));
        await node.DefineAsync(Definitions.Nano(Vm).WithHook(node));
        var start = await node.Client.SubmitAsync($"{Vm}", new VmCommand.Start());
        await Eventually.TrueAsync("the pre-start hook begins", () => node.World.PhasesOf(Vm, 1).Count == 1);

        await node.StopAsync(Vm);

        Assert.Equal(OperationStatus.Superseded, (await node.Client.OperationAsync(start.Id)).Status);
        Assert.Equal(["pre-start", "post-stop"], node.World.PhasesOf(Vm, 1));
        Assert.DoesNotContain(node.World.Hooks(), h => h is { Phase: "pre-start", Word: "end" });
        node.World.Forget("pre-start");
        (await node.HistoryAsync(Vm)).AssertCleanedOnce("api-stop");
        Assert.Empty(node.World.Processes());
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_start_during_a_stop_is_carried_out_after_the_cleanup() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(Vm).WithHook(node));
        await node.StartAsync(Vm);
        Kernel.MakeFifo(node.In("gate-post-stop"));
        var stop = await node.Client.SubmitAsync($"{Vm}", new VmCommand.Stop());
        await Eventually.TrueAsync("the post-stop hook begins", () => node.World.PhasesOf(Vm, 1).Contains("post-stop"));
        var start = await node.Client.SubmitAsync($"{Vm}", new VmCommand.Start());

        Assert.Equal("Stopping", (await node.ShowAsync(Vm)).State);
        Assert.Empty(node.World.PhasesOf(Vm, 2));
        await using (File.OpenWrite(node.In("gate-post-stop")))
            File.Delete(node.In("gate-post-stop"));

        Assert.Equal(OperationStatus.Succeeded, (await node.Client.OperationAsync(start.Id, Limits.Step)).Status);
        Assert.Equal(OperationStatus.Succeeded, (await node.Client.OperationAsync(stop.Id)).Status);
        var notes = node.World.Hooks().Select(h => (h.Incarnation, h.Phase, h.Word)).ToList();
        Assert.True(notes.IndexOf((1, "post-stop", "end")) < notes.IndexOf((2, "pre-start", "begin")));
        await node.StopAsync(Vm);
        (await node.HistoryAsync(Vm)).AssertCleanedOnce("api-stop", "api-stop");
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_hook_that_hangs_is_ended_at_its_limit_and_holds_up_nobody_else() => Node.OfItsOwnAsync(
        async node =>
        {
            Kernel.MakeFifo(node.In("gate-post-start"));
            await node.DefineAsync(Definitions.Nano(Vm).WithHook(node));
            await node.DefineAsync(Definitions.Nano(1));
            var start = await node.Client.SubmitAsync($"{Vm}", new VmCommand.Start());
            await Eventually.TrueAsync("the post-start hook begins", () => node.World.PhasesOf(Vm, 1).Contains("post-start"));
            var hook = node.World.Hooks()[^1].Pid;

            await node.StartAsync(1);
            await node.StopAsync(1);
            Assert.True(World.Lives(hook));

            Assert.Equal(OperationStatus.Succeeded, (await node.Client.OperationAsync(start.Id, Limits.Step)).Status);
            Assert.False(World.Lives(hook));
            var outcome = Assert.Single((await node.HistoryAsync(Vm)).Of("hook-ended"), e => e.Data["phase"] == "post-start");
            Assert.Equal("timed-out", outcome.Data["status"]);
            Assert.Equal("Running", (await node.ShowAsync(Vm)).State);
            File.Delete(node.In("gate-post-start"));
            await node.StopAsync(Vm);
            Assert.Equal(["pre-start", "post-start", "pre-stop", "post-stop"], node.World.PhasesOf(Vm, 1));
            node.World.Forget("post-start");
        },
        "vmsup.hooks.timeout=5s");

    [Fact(Timeout = Limits.Test)]
    public Task A_second_stop_does_not_wait_for_a_pre_stop_hook_that_hangs() => Node.OfItsOwnAsync(
        async node =>
        {
            await node.DefineAsync(Definitions.Nano(Vm).WithHook(node));
            await node.StartAsync(Vm);
            Kernel.MakeFifo(node.In("gate-pre-stop"));
            var stop = await node.Client.SubmitAsync($"{Vm}", new VmCommand.Stop());
            await Eventually.TrueAsync("the pre-stop hook begins", () => node.World.PhasesOf(Vm, 1).Contains("pre-stop"));

            await node.StopAsync(Vm);

            Assert.Equal(OperationStatus.Succeeded, (await node.Client.OperationAsync(stop.Id)).Status);
            Assert.Equal(["pre-start", "post-start", "pre-stop", "post-stop"], node.World.PhasesOf(Vm, 1));
            (await node.HistoryAsync(Vm)).AssertCleanedOnce("api-stop");
            node.World.Forget("pre-stop");
        },
        "vmsup.hooks.pre-stop-forced-timeout=10m");

    [Fact(Timeout = Limits.Test)]
    public Task Hooks_are_told_who_what_and_why() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(Vm).WithHook(node));
        await node.DoAsync(Vm, new VmCommand.Start(), "op-start");
        await node.DoAsync(Vm, new VmCommand.Shutdown(), "op-stop");

        Assert.Equal(
            [
                ("pre-start", "api-start", "op-start", $"104-1-pre-start@{node.Name}"),
                ("post-start", "api-start", "op-start", $"104-1-post-start@{node.Name}"),
                ("pre-stop", "api-stop", "op-stop", $"104-1-pre-stop@{node.Name}"),
                ("post-stop", "api-stop", "op-stop", $"104-1-post-stop@{node.Name}"),
            ],
            node.World.Hooks().Where(h => h.Word == "begin").Select(h => (h.Phase, h.Cause, h.Operation, h.Key)));
    });
}
