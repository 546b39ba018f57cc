using System.Text.RegularExpressions;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>Every step of a start that can fail, and every step of a cleanup, one at a time, on the real host.</summary>
[Trait("Category", "Qemu")]
[Trait("needs", "root")]
public sealed class FailedStepTests
{
    private const int Vm = WholeVm.Id;

    [Theory(Timeout = Limits.Test)]
    [InlineData("run-directory")]
    [InlineData("cgroup")]
    [InlineData("disk0")]
    [InlineData("disk1")]
    [InlineData("disk2")]
    [InlineData("net0")]
    [InlineData("launch")]
    public Task A_step_that_cannot_be_acquired_fails_the_start_gives_back_all_others_and_the_next_start_is_whole(string step) =>
        Node.OfItsOwnAsync(async node =>
        {
            using var whole = new WholeVm(node);
            await node.DefineAsync(whole.Definition);
            await node.StartAsync(Vm);
            var groups = node.Devices.CgroupsOfLives();
            await node.StopAsync(Vm);
            whole.AssertNothingIsLeft();

            using (var broken = await BreakAcquireAsync(node, whole, step, groups))
            {
                var failed = (await node.CliAsync("start", $"{Vm}")).Expect(1);
                Assert.Matches($"^vmsup: vm {Vm}: start failed: {broken.Reason}$", failed.OneError);
                var view = await node.ShowAsync(Vm);
                Assert.Equal(("CleanedUp", "start-failed"), (view.State, view.Cause));
                Assert.Matches($"^{broken.Reason}$", view.Detail);
                Assert.Empty(view.Problems);
                Assert.Equal(["pre-start", "post-stop"], node.World.PhasesOf(Vm, 2));
            }

            whole.AssertNothingIsLeft();
            await node.DefineAsync(whole.Definition);
            await whole.LiveAsync(3);
            (await node.HistoryAsync(Vm)).AssertCleanedOnce("api-stop", "start-failed", "api-stop");
        });

    [Theory(Timeout = Limits.Test)]
    [InlineData("run-directory")]
    [InlineData("cgroup")]
    [InlineData("disk0")]
    [InlineData("disk1")]
    [InlineData("net0")]
    public Task A_step_that_cannot_be_released_is_named_all_others_are_and_it_is_tried_until_it_succeeds(string step) =>
        Node.OfItsOwnAsync(async node =>
        {
            using var whole = new WholeVm(node);
            await node.DefineAsync(whole.Definition);
            await node.StartAsync(Vm);
            using var broken = BreakRelease(node, whole, step);

            var stop = await node.Client.SubmitAsync($"{Vm}", new VmCommand.Stop());
            await StuckAsync(node, whole, step, broken);
            // Whoever comes after it takes it up where it was.
            await node.RestartDaemonAsync();
            await StuckAsync(node, whole, step, broken);
            Assert.Equal(["pre-start", "post-start", "pre-stop"], node.World.PhasesOf(Vm, 1));

            broken.Mend();
            await node.WaitAsync(Vm, "CleanedUp");
            whole.AssertNothingIsLeft();
            Assert.Equal(OperationStatus.Succeeded, (await node.Client.OperationAsync(stop.Id)).Status);
            Assert.Equal(["pre-start", "post-start", "pre-stop", "post-stop"], node.World.PhasesOf(Vm, 1));
            await whole.LiveAsync(2);
            (await node.HistoryAsync(Vm)).AssertCleanedOnce("api-stop", "api-stop");
        });

    /// <summary>The process is gone, all else is given back, and one line says what is wrong.</summary>
    private static async Task StuckAsync(Node node, WholeVm whole, string step, Breakage broken)
    {
        await Eventually.TrueAsync("the problem is shown", () => node.ShowAsync(Vm).GetAwaiter().GetResult().Problems.Count > 0);
        var view = await node.ShowAsync(Vm);
        Assert.Equal("Stopping", view.State);
        Assert.Matches(new Regex($"^{step} could not be released: {broken.Reason}$", RegexOptions.None), Assert.Single(view.Problems));
        Assert.Empty(node.World.Processes());

        // There is nothing of the tap but its name.
        string[] left = step == "net0" ? [] : [step];
        Assert.Equal(left, whole.Held());
    }

    private static async Task<Breakage> BreakAcquireAsync(Node node, WholeVm whole, string step, IReadOnlyList<string> groups)
    {
        switch (step)
        {
            case "run-directory":
                return Breakage.ReadOnly(Path.Combine(node.Run, "vms"), $"{step}: the run directory .*/{Vm}/2 cannot be made: .*Read-only file system.*");
            case "cgroup":
                Assert.NotEmpty(groups);
                return Breakage.Inhabited(
                    [.. groups.Select(g => Path.Combine(Path.GetDirectoryName(g)!, $"{Vm}-2"))],
                    $@"{step}: .*/{Vm}-2 has processes already, which are not of this VM: \d+ \(sleep\); end them \(vmsup doctor\)");
            case "disk0":
                return Breakage.Missing(whole.LoopImage, $"{step}: the image .*/loop.raw does not exist");
            case "disk1":
                return Breakage.Said(node.In("no-activate"), $@"{step}: .*/script activate volume: the storage says no to activate \(exit code 5\)");
            case "disk2":
                return Breakage.Missing(whole.FileImage, $"{step}: the image .*/file.raw does not exist");
            case "net0":
                await node.DefineAsync(whole.Definition with { Nics = [whole.Definition.Nics[0] with { Bridge = "no-such-bridge" }] });
                return new($@"{step}: there is no bridge no-such-bridge on this host \(ip link add no-such-bridge type bridge\)", () => { });
            case "launch":
                await node.DefineAsync(whole.Definition with { QemuArgs = ["-no-such-option"] });
                return new(@"QEMU ended: -no-such-option: invalid option \(exit code 1\)", () => { });
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step, "not a step");
        }
    }

    private static Breakage BreakRelease(Node node, WholeVm whole, string step) => step switch
    {
        "run-directory" => Breakage.Mounted(Path.Combine(node.Run, "vms", $"{Vm}", "1"), "the run directory .*/1 cannot be removed: .*busy.*"),
        "cgroup" => Breakage.Inhabited(node.Devices.CgroupsOfLives(), $@".*/{Vm}-1 still has processes, which are not QEMU: \d+ \(sleep\); end them"),
        "disk0" => Breakage.Open(node.Devices.Loops().Single(), @"(/dev/loop\d+) is still in use, and .*/loop.raw is behind it \(fuser \1\)"),
        "disk1" => Breakage.Said(node.In("no-deactivate"), @".*/script deactivate volume: the storage says no to deactivate \(exit code 5\)"),
        "net0" => Breakage.Undeletable(node.Devices.Taps().Single(), "cannot delete the interface t42a.*: Operation not supported"),
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "not a step"),
    };
}
