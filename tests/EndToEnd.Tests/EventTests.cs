using System.Diagnostics;
using System.Text.Json;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>The stream of what happens: in order, without a gap and without a repetition, also across a restart.</summary>
[Trait("Category", "Qemu")]
public sealed class EventTests
{
    [Fact(Timeout = Limits.Test)]
    public Task Events_follow_shows_pause_resume_and_reset_in_their_order() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(1));
        await node.StartAsync(1);
        await node.SerialOf(1, 1).BeatsOnAsync();
        var pid = node.World.TheProcess(1).Pid;
        var last = (await node.Client.NodeAsync()).Position;
        using var follower = Process.Start(Programs.Prepare(
            Binaries.Cli, ["events", "--follow", "--after", $"{last}", "-o", "json", "--socket", node.Socket]))!;

        await node.DoAsync(1, new VmCommand.Pause());
        Assert.Equal("paused", (await node.ShowAsync(1)).Guest);
        var beats = node.SerialOf(1, 1).Beats().Count;
        await node.DoAsync(1, new VmCommand.Resume());
        Assert.Equal("running", (await node.ShowAsync(1)).Guest);
        await Eventually.TrueAsync("the guest beats on", () => node.SerialOf(1, 1).Beats().Count > beats);
        await node.DoAsync(1, new VmCommand.Reset());
        await Eventually.TrueAsync("the guest has booted anew", () => node.SerialOf(1, 1).Text().Split("READY").Length == 3);
        Assert.Equal(pid, node.World.TheProcess(1).Pid);
        await node.StopAsync(1);

        var seen = new List<string>();
        while (seen is not [.., "cleaned-up"])
        {
            using var limit = new CancellationTokenSource(Limits.Step);
            var line = await follower.StandardOutput.ReadLineAsync(limit.Token);
            var happened = JsonDocument.Parse(line!).RootElement;
            Assert.Equal(++last, happened.GetProperty("position").GetInt64());
            var entry = happened.GetProperty("entry");
            var guest = entry.GetProperty("data").TryGetProperty("guest", out var to) ? $" {to}" : "";
            seen.Add(entry.GetProperty("type").GetString() + guest);
        }

        Assert.Equal(
            ["guest-changed paused", "guest-changed running", "guest-reset", "cleaned-up"],
            seen.Where(s => s.StartsWith("guest-", StringComparison.Ordinal) || s == "cleaned-up"));
        Kernel.Signal(follower.Id, Kernel.Interrupt);
        await follower.WaitForExitAsync();
        Assert.Equal(130, follower.ExitCode);
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_subscription_goes_on_after_a_restart_of_the_daemon_without_a_gap_or_a_repetition() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(1));
        var seen = new List<VmEvent>();
        using var end = new CancellationTokenSource(3 * Limits.Step);
        var following = FollowAsync(node, "the-end", seen, end.Token);

        await node.StartAsync(1);
        await node.KillDaemonAsync();
        await node.StartDaemonAsync();
        await node.StopAsync(1);
        await node.StopDaemonAsync();
        await node.StartDaemonAsync();
        await node.StartAsync(1);
        await node.DoAsync(1, new VmCommand.Stop(), "the-end");

        await following;
        Assert.Equal(Enumerable.Range(1, seen.Count).Select(n => (long)n), seen.Select(e => e.Position));
        Assert.Equal(
            (await node.HistoryAsync(1)).Where(e => e.Type is not ("ignored" or "refused")).Select(e => (e.Version, e.Type)),
            seen.Select(e => (e.Entry.Version, e.Entry.Type)));
        var all = (await node.CliAsync("events", "-o", "json")).Expect(0).Json.AsArray();
        Assert.Equal(seen.Select(e => e.Position), all.Select(e => (long)e!["position"]!));
    });

    private static async Task FollowAsync(Node node, string untilTheEndOf, List<VmEvent> seen, CancellationToken cancellationToken)
    {
        await foreach (var happened in node.Client.EventsAsync(0, cancellationToken))
        {
            seen.Add(happened);
            if (happened.Entry.Type == "operation-ended" && happened.Entry.Operation?.Value == untilTheEndOf)
                return;
        }
    }
}
