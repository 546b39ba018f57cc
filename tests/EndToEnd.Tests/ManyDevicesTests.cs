using System.Diagnostics;
using System.Globalization;
using VmSupervisor.Client;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>
/// Many VMs with a tap and a loop volume each, together: 30, or as many as VMSUP_TEST_VMS says.
/// </summary>
[Trait("Category", "Qemu")]
[Trait("Speed", "Slow")]
[Trait("needs", "root")]
public sealed class ManyDevicesTests(ITestOutputHelper output)
{
    private const int Rounds = 3;
    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("VMSUP_TEST_VMS") ?? "30", CultureInfo.InvariantCulture);
    private readonly int[] vms = [.. Enumerable.Range(1, Count)];

    [Fact(Timeout = 2 * Limits.Test)]
    public Task Started_together_and_stopped_together_three_times_they_leave_nothing() => Node.OfItsOwnAsync(async node =>
    {
        using var bridge = new Bridge(node);
        await DefineAsync(node, bridge);
        for (var round = 1; round <= Rounds; round++)
        {
            await TimedAsync($"round {round}: start", () => Task.WhenAll(vms.Select(node.StartAsync)));
            Assert.Equal((Count, Count, Count, Count), Counts(node, bridge));
            await TimedAsync($"round {round}: stop", () => Task.WhenAll(vms.Select(node.StopAsync)));
            AssertNothingIsLeft(node, bridge);
        }

        foreach (var vm in vms)
            (await node.HistoryAsync(vm)).AssertCleanedOnce("api-stop", "api-stop", "api-stop");
    });

    [Fact(Timeout = 2 * Limits.Test)]
    public Task With_the_daemon_killed_in_the_middle_of_starts_and_of_stops_they_leave_nothing() => Node.OfItsOwnAsync(async node =>
    {
        using var bridge = new Bridge(node);
        await DefineAsync(node, bridge);
        for (var round = 1; round <= Rounds; round++)
        {
            var first = node.Devices.Taps().Count;
            var starts = AskAsync(node, new VmCommand.Start());
            await Eventually.TrueAsync("a third of them has its tap", () => bridge.Ports().Count >= (Count / 3) + first);
            await TimedAsync($"round {round}: killed among the starts", () => KilledAsync(node, starts));

            // Those whose launch was not recorded have failed; whoever asked for them asks again.
            await TimedAsync($"round {round}: start", () => Task.WhenAll(vms.Select(vm => StartAgainAsync(node, vm))));
            Assert.Equal((Count, Count, Count, Count), Counts(node, bridge));

            var stops = AskAsync(node, new VmCommand.Stop());
            await Eventually.TrueAsync("a third of them has none any more", () => bridge.Ports().Count <= Count - (Count / 3));
            await TimedAsync($"round {round}: killed among the stops", () => KilledAsync(node, stops));
            await TimedAsync($"round {round}: stop", () => Task.WhenAll(vms.Select(node.StopAsync)));
            AssertNothingIsLeft(node, bridge);
        }

        foreach (var vm in vms)
        {
            var history = await node.HistoryAsync(vm);
            Assert.Equal(history.Of("start-accepted").Select(e => e.Incarnation), history.Of("cleaned-up").Select(e => e.Incarnation));
            Assert.All(history.Of("start-accepted"), life => Assert.Single(node.World.PhasesOf(vm, life.Incarnation.Value), "post-stop"));
        }
    });

    private async Task DefineAsync(Node node, Bridge bridge)
    {
        await Task.WhenAll(vms.Select(async vm =>
        {
            await using (var image = File.Create(node.In($"{vm}.raw")))
                image.SetLength(1 << 20);
            await node.DefineAsync(Definitions.Nano(vm, "hb_ms=1000 idle=1").WithHook(node) with
            {
                Disks = [new() { Type = DiskType.Loop, Path = node.In($"{vm}.raw"), Format = DiskFormat.Raw }],
                Nics = [new() { Type = NicType.Tap, Bridge = bridge.Name }],
            });
        }));
    }

    private static (int Processes, int Taps, int Ports, int Loops) Counts(Node node, Bridge bridge) =>
        (node.World.Processes().Count, node.Devices.Taps().Count, bridge.Ports().Count, node.Devices.Loops().Count);

    private static void AssertNothingIsLeft(Node node, Bridge bridge)
    {
        Assert.Equal((0, 0, 0, 0), Counts(node, bridge));
        Assert.Empty(node.World.RunDirectories());
        node.Devices.AssertNone();
    }

    /// <summary>On a host that is so busy, a QEMU may not answer a look in its 500 ms; then one asks once more.</summary>
    private static async Task StartAgainAsync(Node node, int vm)
    {
        for (var patience = 100; ; patience--)
        {
            try
            {
                await node.StartAsync(vm);
                return;
            }
            catch (VmsupException e) when (patience > 0 && e.Message.Contains("monitor unresponsive"))
            {
                await node.Client.WaitForStateAsync($"{vm}", "Running", Limits.Step);
            }
        }
    }

    /// <summary>What becomes of it when the daemon dies is not the caller's to know.</summary>
    private Task AskAsync(Node node, VmCommand command) => Task.WhenAll(vms.Select(async vm =>
    {
        try
        {
            await node.DoAsync(vm, command);
        }
        catch (VmsupException)
        {
            // The daemon was killed before it had an answer.
        }
    }));

    private static async Task KilledAsync(Node node, Task asked)
    {
        await node.KillDaemonAsync();
        await asked;
        await node.StartDaemonAsync();
    }

    private async Task TimedAsync(string what, Func<Task> act)
    {
        var began = Stopwatch.GetTimestamp();
        await act();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s"));
    }
}
