using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using VmSupervisor.Contracts.Views;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>
/// The race that production systems lose: the guest's process is killed, and somebody starts the VM before anybody has
/// noticed. The old life must be cleaned up, once, before the new one begins.
/// </summary>
[Trait("Category", "Qemu")]
[Trait("Speed", "Slow")]
public sealed class RaceTests
{
    private const int Vm = 104;
    private const int Rounds = 200;

    [Fact(Timeout = 2 * Limits.Test)]
    public Task Killing_qemu_and_starting_the_vm_at_the_same_moment_200_times_over_one_socket_cleans_up_200_times() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(Vm, "hb_ms=1000 idle=1").WithHook(node));
        await node.StartAsync(Vm);
        using var socket = new OpenSocket(node.Socket);
        var late = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var qemu = node.World.TheProcess(Vm).Pid;
            var request = OpenSocket.Post($"/v1/vms/{Vm}/start?wait=60s", $"race-{round}");
            KillAndSend(round, qemu, () => socket.Send(request));
            var note = await StartedAsync(socket);

            // The test was held up between the two: the start was over before the kill.
            for (; note.StartsWith("already running", StringComparison.Ordinal); late++)
            {
                socket.Send(OpenSocket.Post($"/v1/vms/{Vm}/start?wait=60s", $"late-{round}-{late}"));
                note = await StartedAsync(socket);
            }
        }

        Assert.Equal("Running", (await node.ShowAsync(Vm)).State);
        Assert.Single(node.World.Processes());
        Assert.Equal($"{Rounds + 1}", Path.GetFileName(Assert.Single(node.World.RunDirectories())));
        await node.StopAsync(Vm);

        node.World.AssertHooksBalance();
        for (var incarnation = 1; incarnation <= Rounds; incarnation++)
            Assert.Equal(["pre-start", "post-start", "post-stop"], node.World.PhasesOf(Vm, incarnation));
        Assert.Equal(Rounds + 1, node.World.Hooks().Count(h => h is { Phase: "post-stop", Word: "begin" }));
        var history = await node.HistoryAsync(Vm);
        history.AssertCleanedOnce([.. Enumerable.Repeat("crash", Rounds), "api-stop"]);
        Report(history, late);
    });

    // Both calls are back to back; which of them the daemon notices first is then a matter of microseconds. The last two
    // lean a little to one side each.
    private static void KillAndSend(int round, int qemu, Action send)
    {
        switch (round % 4)
        {
            case 0:
                Kernel.Signal(qemu, Kernel.Kill);
                send();
                break;
            case 1:
                send();
                Kernel.Signal(qemu, Kernel.Kill);
                break;
            case 2:
                send();
                Spin(TimeSpan.FromMicroseconds(300));
                Kernel.Signal(qemu, Kernel.Kill);
                break;
            default:
                Kernel.Signal(qemu, Kernel.Kill);
                Spin(TimeSpan.FromMicroseconds(300));
                send();
                break;
        }
    }

    private static void Spin(TimeSpan time)
    {
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < time;)
            Thread.SpinWait(10);
    }

    private static async Task<string> StartedAsync(OpenSocket socket)
    {
        var (status, body) = await socket.ReceiveAsync();
        Assert.True(status == 200, $"{status}: {body}");
        return (string?)JsonNode.Parse(body)!["note"] ?? "";
    }

    // A start that was accepted as that of a running VM (it looks at the process, then) came before the exit; the history
    // is in the order in which the VM heard of things.
    private static void Report(IReadOnlyList<HistoryEntry> history, int late)
    {
        var exits = history.Of("process-exited").ToDictionary(e => e.Incarnation.Value, e => e.Version);
        var first = history.Of("look-accepted")
            .Where(e => e.Operation!.Value.Value.StartsWith("race-", StringComparison.Ordinal) && e.Version < exits[e.Incarnation.Value])
            .ToArray();
        var dying = history.Of("end-began").Count(e => e.Data.ContainsKey("dying"));
        var figures = string.Create(
            CultureInfo.InvariantCulture,
            $"the race: {Rounds} kills, {exits.Count - 1} crashes cleaned up; the start came first in {first.Length - late}, in {dying} of "
            + $"them it found the process dying by itself; the exit came first in {Rounds - first.Length}; the kill came too late in {late}");
        TestContext.Current.TestOutputHelper!.WriteLine(figures);
        Console.WriteLine(figures);
        Assert.True(first.Length - late > 0, figures);
    }
}
