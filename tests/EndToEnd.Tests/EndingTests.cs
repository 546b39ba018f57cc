using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>Whatever ends a VM: one cleanup, balanced hooks, and the right cause.</summary>
[Trait("Category", "Qemu")]
public sealed class EndingTests
{
    private const int Vm = 104;

    [Fact(Timeout = Limits.Test)]
    public Task A_guest_that_powers_itself_off_is_cleaned_up_as_guest_shutdown() => Node.OfItsOwnAsync(async node =>
    {
        await StartAsync(node);
        node.SerialOf(Vm, 1).Type("off");

        var view = await node.WaitAsync(Vm, "CleanedUp");

        Assert.Equal("guest-shutdown", view.Cause);
        await AssertEndedAsync(node, "guest-shutdown", ["pre-start", "post-start", "post-stop"]);
        Assert.Equal("guest-shutdown", node.World.Hooks()[^1].Cause);
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_shutdown_asks_the_guest_and_is_cleaned_up_as_api_stop() => Node.OfItsOwnAsync(async node =>
    {
        await StartAsync(node);

        await node.DoAsync(Vm, new VmCommand.Shutdown());

        await AssertEndedAsync(node, "api-stop", ["pre-start", "post-start", "pre-stop", "post-stop"]);
        Assert.Contains(await node.HistoryAsync(Vm), e => e.Data.GetValueOrDefault("guest") == "shutdown");
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_forced_stop_asks_nobody_and_is_cleaned_up_as_api_stop() => Node.OfItsOwnAsync(async node =>
    {
        await StartAsync(node);

        await node.StopAsync(Vm);

        await AssertEndedAsync(node, "api-stop", ["pre-start", "post-start", "pre-stop", "post-stop"]);
        Assert.DoesNotContain(await node.HistoryAsync(Vm), e => e.Data.GetValueOrDefault("guest") == "shutdown");
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_killed_qemu_is_cleaned_up_as_crash_and_names_the_signal() => Node.OfItsOwnAsync(async node =>
    {
        await StartAsync(node);
        Kernel.Signal(node.World.TheProcess(Vm).Pid, Kernel.Kill);

        await node.WaitAsync(Vm, "CleanedUp");

        await AssertEndedAsync(node, "crash", ["pre-start", "post-start", "post-stop"]);
        Assert.Equal("signal 9", (await node.HistoryAsync(Vm)).The("process-exited", 1).Data["exit"]);
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_panic_is_cleaned_up_as_guest_panic() => Node.OfItsOwnAsync(async node =>
    {
        await StartAsync(node);
        node.SerialOf(Vm, 1).Type("panic");

        await node.WaitAsync(Vm, "CleanedUp");

        await AssertEndedAsync(node, "guest-panic", ["pre-start", "post-start", "post-stop"]);
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_panicked_guest_that_is_to_be_preserved_stays_until_a_stop() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(Vm).WithHook(node) with { OnPanic = PanicPolicy.Preserve });
        await node.StartAsync(Vm);
        node.SerialOf(Vm, 1).Type("panic");
        await foreach (var happened in node.Client.EventsAsync(0))
        {
            if (happened.Entry.Data.GetValueOrDefault("guest") == "panicked")
                break;
        }

        var view = await node.ShowAsync(Vm);
        Assert.Equal(("Running", "panicked"), (view.State, view.Guest));
        Assert.Equal(node.World.TheProcess(Vm).Pid, view.Pid);
        Assert.Contains("panicked", (await node.CliAsync("start", "104")).Expect(4).OneError);

        await node.StopAsync(Vm);
        (await node.HistoryAsync(Vm)).AssertCleanedOnce("api-stop");
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_shutdown_that_the_guest_ignores_times_out_and_the_guest_runs_on() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(Vm, "hb_ms=50 hz=100 hb_nopwr=1").WithHook(node));
        await node.StartAsync(Vm);

        var refused = (await node.CliAsync("shutdown", "104", "--timeout", "300ms")).Expect(6);

        Assert.Contains("did not power off within 0.3 s", refused.OneError);
        Assert.Equal("Running", (await node.ShowAsync(Vm)).State);
        await node.SerialOf(Vm, 1).BeatsOnAsync();

        (await node.CliAsync("shutdown", "104", "--force-after", "300ms")).Expect(0);
        await AssertEndedAsync(node, "api-stop", ["pre-start", "post-start", "pre-stop", "post-stop"]);
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_forced_stop_overrides_a_slow_shutdown_in_the_same_incarnation() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(Vm, "hb_ms=50 hz=100 hb_nopwr=1").WithHook(node));
        await node.StartAsync(Vm);
        var slow = await node.Client.SubmitAsync($"{Vm}", new VmCommand.Shutdown());

        await node.StopAsync(Vm);

        Assert.Equal("superseded", (await node.CliAsync("history", "104", "-o", "json")).Json.AsArray()
            .Single(e => (string?)e!["type"] == "operation-ended" && (string?)e["operation"] == slow.Id.Value)!["data"]!["ending"]!.ToString());
        await AssertEndedAsync(node, "api-stop", ["pre-start", "post-start", "pre-stop", "post-stop"]);
    });

    private static async Task StartAsync(Node node)
    {
        await node.DefineAsync(Definitions.Nano(Vm).WithHook(node));
        await node.StartAsync(Vm);
        await node.SerialOf(Vm, 1).BeatsOnAsync();
    }

    private static async Task AssertEndedAsync(Node node, string cause, string[] phases)
    {
        var view = await node.ShowAsync(Vm);
        Assert.Equal(("CleanedUp", cause, "off", null), (view.State, view.Cause, view.Guest, view.Pid));
        (await node.HistoryAsync(Vm)).AssertCleanedOnce(cause);
        Assert.Equal(phases, node.World.PhasesOf(Vm, 1));
        node.World.AssertHooksBalance();
        Assert.Empty(node.World.Processes());
        Assert.Empty(node.World.RunDirectories());
    }
}
