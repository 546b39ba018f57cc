using VmSupervisor.Client;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>A start that fails before, during or right after the spawn leaves nothing behind and says why in one line.</summary>
[Trait("Category", "Qemu")]
public sealed class FailedStartTests
{
    private const int Vm = 104;

    [Fact(Timeout = Limits.Test)]
    public Task A_missing_image_fails_the_start_before_the_spawn() => Node.OfItsOwnAsync(async node =>
    {
        var image = node.In("no.qcow2");
        await FailsAsync(node, Definitions.Nano(Vm) with { Disks = [new DiskDefinition { Path = image }] }, $"the image {image} does not exist");
    });

    [Fact(Timeout = Limits.Test)]
    public Task An_argument_that_qemu_does_not_know_fails_the_start_in_qemus_own_words() => Node.OfItsOwnAsync(node =>
        FailsAsync(node, Definitions.Nano(Vm) with { QemuArgs = ["-no-such-option"] }, "-no-such-option: invalid option"));

    [Fact(Timeout = Limits.Test)]
    public Task An_executable_that_does_not_exist_fails_the_start() => Node.OfItsOwnAsync(
        node => FailsAsync(node, Definitions.Nano(Vm), "there is no QEMU at '/no/qemu'"), "vmsup.qemu.executable=/no/qemu");

    [Fact(Timeout = Limits.Test)]
    public Task A_qemu_that_gives_up_at_once_fails_the_start_with_its_last_words() => Node.OfItsOwnAsync(
        node => FailsAsync(node, Definitions.Nano(Vm), "it is broken (exit code 3)"), Executable("broken"));

    [Fact(Timeout = Limits.Test)]
    public Task A_qemu_whose_monitor_never_appears_is_ended() => Node.OfItsOwnAsync(
        node => FailsAsync(node, Definitions.Nano(Vm), "QEMU's monitor did not answer within 1 s"),
        Executable("no-monitor"), "vmsup.qemu.launch-timeout=1s");

    [Fact(Timeout = Limits.Test)]
    public Task A_qemu_whose_monitor_never_answers_is_ended() => Node.OfItsOwnAsync(
        node => FailsAsync(node, Definitions.Nano(Vm), "QEMU's monitor did not answer within 1 s"),
        Executable("silent-monitor"), "vmsup.qemu.launch-timeout=1s");

    [Fact(Timeout = Limits.Test)]
    public Task After_a_failed_start_the_next_one_is_a_new_life() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(Vm) with { QemuArgs = ["-no-such-option"] });
        await Assert.ThrowsAsync<VmsupException>(() => node.StartAsync(Vm));
        await node.DefineAsync(Definitions.Nano(Vm));

        await node.StartAsync(Vm);

        await node.SerialOf(Vm, 2).BeatsOnAsync();
        await node.StopAsync(Vm);
        (await node.HistoryAsync(Vm)).AssertCleanedOnce("start-failed", "api-stop");
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_daemon_killed_between_the_spawn_and_its_record_is_followed_by_one_that_ends_what_was_spawned() => Node.OfItsOwnAsync(
        async node =>
        {
            await node.DefineAsync(Definitions.Nano(Vm).WithHook(node));
            var start = await node.Client.SubmitAsync($"{Vm}", new VmCommand.Start());
            // The fake one holds the window open: it is spawned, and nothing can be recorded as long as it says nothing.
            await Eventually.TrueAsync("the fake QEMU has its socket", () => File.Exists(node.World.FileOf(Vm, 1, "qmp.sock")));
            var spawned = node.World.TheProcess(Vm).Pid;
            Assert.Empty((await node.HistoryAsync(Vm)).Of("launched"));

            await node.KillDaemonAsync();
            Assert.Equal(spawned, node.World.TheProcess(Vm).Pid);
            await node.StartDaemonAsync();
            await node.WaitAsync(Vm, "CleanedUp");

            Assert.False(World.Lives(spawned));
            var ended = await node.Client.OperationAsync(start.Id);
            Assert.Contains("the supervisor was restarted before the launch was recorded", ended.Problem!.Detail);
            await AssertNothingIsLeftAsync(node, ["pre-start", "post-stop"]);
        },
        Executable("silent-monitor"), "vmsup.qemu.launch-timeout=10m");

    private static string Executable(string fake) => $"vmsup.qemu.executable={Binaries.Fake(fake)}";

    private static async Task FailsAsync(Node node, VmDefinition definition, string why)
    {
        await node.DefineAsync(definition.WithHook(node));

        var failed = (await node.CliAsync("start", $"{Vm}")).Expect(1);

        Assert.StartsWith($"vmsup: vm {Vm}: start failed: ", failed.OneError);
        Assert.Contains(why, failed.OneError);
        await AssertNothingIsLeftAsync(node, ["pre-start", "post-stop"]);
        Assert.Contains(why, (await node.HistoryAsync(Vm)).The("cleaned-up", 1).Data["detail"]);
    }

    private static async Task AssertNothingIsLeftAsync(Node node, string[] phases)
    {
        var view = await node.ShowAsync(Vm);
        Assert.Equal(("CleanedUp", "start-failed"), (view.State, view.Cause));
        (await node.HistoryAsync(Vm)).AssertCleanedOnce("start-failed");
        Assert.Equal(phases, node.World.PhasesOf(Vm, 1));
        node.World.AssertHooksBalance();
        Assert.Empty(node.World.Processes());
        Assert.Empty(node.World.RunDirectories());
    }
}
