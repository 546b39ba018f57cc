using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>Lives that follow one another: reboots, restart policies, the start with the host and the end before it.</summary>
[Trait("Category", "Qemu")]
public sealed class LifeAfterLifeTests
{
    [Fact(Timeout = Limits.Test)]
    public Task A_reboot_is_a_new_incarnation_with_the_changed_definition() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(1).WithHook(node));
        await node.StartAsync(1);
        await node.SerialOf(1, 1).BeatsOnAsync();
        await node.DefineAsync(Definitions.Nano(1, "hb_ms=50 hz=100 hb_tag=changed").WithHook(node));

        var rebooted = (await node.CliAsync("reboot", "nano-1")).Expect(0);

        Assert.Equal("vm 1: rebooted\n", rebooted.Output);
        await node.SerialOf(1, 2).SeesAsync("changed");
        Assert.Equal("api-reboot", (await node.ShowAsync(1)).Cause);
        Assert.Equal(["pre-start", "post-start", "pre-stop", "post-stop"], node.World.PhasesOf(1, 1));
        (await node.HistoryAsync(1)).The("cleaned-up", 1);
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_guest_that_ignores_the_button_fails_the_reboot_and_runs_on_or_is_forced() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(1, "hb_ms=50 hz=100 hb_nopwr=1"));
        await node.StartAsync(1);
        var failed = (await node.CliAsync("reboot", "1", "--timeout", "500ms")).Expect(6);
        Assert.Contains("did not power off within 0.5 s", failed.OneError);
        await node.SerialOf(1, 1).BeatsOnAsync();

        (await node.CliAsync("reboot", "1", "--force-after", "500ms")).Expect(0);
        await node.SerialOf(1, 2).BeatsOnAsync();
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_shutdown_is_cancelled_and_the_guest_runs_on() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(1, "hb_ms=50 hz=100 hb_nopwr=1"));
        await node.StartAsync(1);
        (await node.CliAsync("shutdown", "1", "--no-wait", "--operation", "the-shutdown")).Expect(0);
        await node.WaitAsync(1, "Stopping");

        (await node.CliAsync("cancel", "the-shutdown")).Expect(0);

        Assert.Equal("Running", (await node.ShowAsync(1)).State);
        Assert.Contains("cancelled by", (await node.CliAsync("shutdown", "1", "--operation", "the-shutdown")).Expect(4).OneError);
        (await node.CliAsync("cancel", "the-shutdown")).Expect(4);
        (await node.CliAsync("cancel", "nobodys")).Expect(3);
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_crash_loop_is_restarted_up_to_the_limit_and_then_says_so() => Node.OfItsOwnAsync(
        async node =>
        {
            await node.DefineAsync(Definitions.Nano(1).WithHook(node) with { Restart = RestartPolicy.OnCrash });
            await node.StartAsync(1);
            for (var life = 1; life <= 3; life++)
            {
                await node.SerialOf(1, life).BeatsOnAsync();
                Kernel.Signal(node.World.TheProcess(1).Pid, Kernel.Kill);
            }

            await foreach (var happened in node.Client.EventsAsync(0))
            {
                if (happened.Entry.Type == "restart-abandoned")
                    break;
            }

            var view = await node.ShowAsync(1);
            Assert.Equal(("CleanedUp", "crash", 2), (view.State, view.Cause, view.Restarts));
            Assert.Contains("started again 2 times", Assert.Single(view.Problems));
            (await node.HistoryAsync(1)).AssertCleanedOnce("crash", "crash", "crash");
        },
        "vmsup.restart.first-delay=20ms", "vmsup.restart.limit=2");

    [Fact(Timeout = Limits.Test)]
    public Task A_panic_is_followed_by_a_start_when_that_is_wanted_and_an_explicit_stop_beats_it() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(1) with { OnPanic = PanicPolicy.Restart });
        await node.StartAsync(1);
        await node.SerialOf(1, 1).BeatsOnAsync();
        node.SerialOf(1, 1).Type("panic");
        await node.SerialOf(1, 2).BeatsOnAsync();
        Assert.Equal("restart", (await node.ShowAsync(1)).Cause);

        node.SerialOf(1, 2).Type("panic");
        await foreach (var happened in node.Client.EventsAsync(0))
        {
            if (happened.Entry is { Type: "restart-scheduled", Incarnation.Value: 2 })
                break;
        }

        var stopped = await node.StopAsync(1);
        Assert.Contains("not started again", stopped.Note);
        Assert.Null((await node.ShowAsync(1)).Activity);
    });

    [Fact(Timeout = Limits.Test)]
    public Task After_a_boot_of_the_host_each_life_is_closed_once_and_what_is_to_start_with_it_starts_once() => Node.OfItsOwnAsync(
        async node =>
        {
            await node.DefineAsync(Definitions.Nano(1).WithHook(node) with { Autostart = true, StartupOrder = 1 });
            await node.DefineAsync(Definitions.Nano(2).WithHook(node) with { Autostart = true, StartupOrder = 2 });
            await node.DefineAsync(Definitions.Nano(3).WithHook(node));
            await node.StartAsync(1);
            await node.StartAsync(3);
            Assert.Equal("CleanedUp", (await node.ShowAsync(2)).State);

            // The power fails: daemon and guests are gone.
            await node.KillDaemonAsync();
            foreach (var process in node.World.Processes())
                Kernel.Signal(process.Pid, Kernel.Kill);
            await Eventually.TrueAsync("the guests are gone", () => node.World.Processes().Count == 0);
            await node.StartDaemonAsync("vmsup.boot-id=second");

            await node.WaitAsync(1, "Running");
            await node.WaitAsync(2, "Running");
            Assert.Equal(("autostart", "autostart"), ((await node.ShowAsync(1)).Cause, (await node.ShowAsync(2)).Cause));
            Assert.Equal(("CleanedUp", "host-reboot"), ((await node.ShowAsync(3)).State, (await node.ShowAsync(3)).Cause));
            Assert.Equal("host-reboot", node.World.Hooks().Single(h => h is { Vm: 3, Phase: "post-stop", Word: "begin" }).Cause);
            (await node.HistoryAsync(1)).The("cleaned-up", 1);

            // A person stops one of them; an upgrade of the supervisor is no reason to start it again.
            await node.StopAsync(2);
            await node.KillDaemonAsync();
            await node.StartDaemonAsync("vmsup.boot-id=second");
            await node.SerialOf(1, 2).BeatsOnAsync();
            Assert.Equal("CleanedUp", (await node.ShowAsync(2)).State);
        },
        "vmsup.boot-id=first");

    [Fact(Timeout = Limits.Test)]
    public Task The_node_is_shut_down_and_an_undefine_by_force_takes_what_runs() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(1).WithHook(node));
        await node.DefineAsync(Definitions.Nano(2, "hb_ms=50 hz=100 hb_nopwr=1").WithHook(node) with { ShutdownTimeout = TimeSpan.FromMilliseconds(500) });
        await node.StartAsync(1);
        await node.StartAsync(2);
        await node.SerialOf(1, 1).BeatsOnAsync();

        var ended = (await node.CliAsync("node", "shutdown", "--timeout", "30s")).Expect(0);

        Assert.Equal(2, ended.Output.TrimEnd('\n').Split('\n').Length);
        Assert.Contains("by force", ended.Output);
        Assert.Empty(node.World.Processes());
        await node.StartAsync(1);
        (await node.CliAsync("undefine", "1")).Expect(4);
        (await node.CliAsync("undefine", "1", "--force")).Expect(0);
        (await node.CliAsync("show", "1")).Expect(3);
        Assert.Empty(node.World.Processes());
    });
}
