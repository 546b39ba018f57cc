using System.Text.Json.Nodes;
using VmSupervisor.Client;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Http;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>People who talk to a VM's QEMU beside the supervisor.</summary>
[Trait("Category", "Qemu")]
public sealed class MonitorTests
{
    [Fact(Timeout = Limits.Test)]
    public Task A_command_is_answered_and_an_error_of_QEMU_is_an_exit_code() => RunningAsync(async node =>
    {
        Assert.Equal("VM status: running\n", (await node.CliAsync("monitor", "nano-7", "info", "status")).Expect(0).Output);
        var unknown = await node.CliAsync("monitor", "7", "no-such-thing");
        Assert.Equal(("", "vmsup: vm 7: unknown command: 'no-such-thing'"), (unknown.Expect(1).Output, unknown.OneError));

        var status = await node.CliAsync("monitor", "7", "--qmp", "query-status", "-o", "json");
        Assert.Equal("running", (string?)status.Expect(0).Json["return"]!["status"]);
        var refused = await node.CliAsync("monitor", "7", "--qmp", """{"execute":"nope","id":"mine"}""", "-o", "json");
        Assert.Equal(("CommandNotFound", "mine"), ((string?)refused.Expect(1).Json["error"]!["class"], (string?)refused.Json["id"]));
        Assert.Equal("vmsup: vm 7: The command nope has not been found", refused.OneError);
        (await node.CliAsync("monitor", "7", "--qmp", """set_link {"name":"none","up":true}""")).Expect(1);
        Assert.Contains("monitor: uid 0 (root), pid", node.Daemon.Log);
        Assert.Contains("sent: info status", node.Daemon.Log);

        (await node.CliAsync("monitor", "nobody", "info status")).Expect(3);
        await node.StopAsync(7);
        Assert.Equal(
            "vmsup: vm 7 (nano-7) has no monitor: it is CleanedUp (api-stop); 'vmsup start nano-7' starts it",
            (await node.CliAsync("monitor", "7", "info status")).Expect(4).OneError);
    });

    [Fact(Timeout = Limits.Test)]
    public Task Commands_of_a_pipe_are_given_one_after_the_other() => RunningAsync(async node =>
    {
        var start = Programs.Prepare("sh", ["-c", $"printf 'info name\\nwrong\\ninfo status\\n' | {Binaries.Cli} monitor 7 --socket {node.Socket}"]);
        var ended = await Programs.RunAsync(start.FileName, [.. start.ArgumentList]);
        Assert.Equal("nano-7\nVM status: running\n", ended.Expect(1).Output);
        Assert.Equal("vmsup: vm 7: unknown command: 'wrong'", ended.OneError);
    });

    [Fact(Timeout = Limits.Test)]
    public Task What_a_person_does_to_the_guest_is_seen_as_what_it_is() => RunningAsync(async node =>
    {
        (await node.CliAsync("monitor", "7", "stop")).Expect(0);
        await GuestIsAsync(node, "paused");
        (await node.CliAsync("monitor", "7", "cont")).Expect(0);
        await GuestIsAsync(node, "running");
        (await node.CliAsync("monitor", "7", "system_reset")).Expect(0);
        await Eventually.SeeAsync("the reset in the history", async () => (await node.HistoryAsync(7)).Of("guest-reset").FirstOrDefault());
        Assert.Equal(1, (await node.ShowAsync(7)).Incarnation.Value);

        // A migration to nowhere fails, and the guest goes on.
        await node.CliAsync("monitor", "7", "migrate exec:false");
        await GuestIsAsync(node, "running");
        await node.DoAsync(7, new VmCommand.Pause());
        await node.DoAsync(7, new VmCommand.Resume());
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_quit_at_the_monitor_is_an_exit_nobody_asked_us_for_with_one_cleanup() => RunningAsync(async node =>
    {
        using var other = ConsoleProcess.StartOnTerminal(node, "monitor 7");
        await other.SeesAsync("(7) ");
        (await node.CliAsync("monitor", "7", "quit")).Expect(0);
        await other.SeesAsync("[vm 7 (nano-7): incarnation 1 has ended: crash");
        await other.SeesAsync("left with 0");
        await node.Client.WaitForStateAsync("7", "CleanedUp", Limits.Step);
        (await node.HistoryAsync(7)).AssertCleanedOnce("crash");
        await node.StartAsync(7);
        Assert.Equal("VM status: running\n", (await node.CliAsync("monitor", "7", "info status")).Expect(0).Output);
    });

    [Fact(Timeout = Limits.Test)]
    public Task On_a_terminal_there_is_a_prompt_events_are_shown_and_a_key_leaves() => RunningAsync(async node =>
    {
        using var people = ConsoleProcess.StartOnTerminal(node, "monitor 7");
        await people.SeesAsync("(7) ");
        await people.TypeAsync("info stx\u007fatus\n");
        await people.SeesAsync("VM status: running");
        await people.TypeAsync("half a line\u001d");
        await people.SeesAsync("left with 0");
        await people.EndAsync();
        ConsoleProcess.AssertTerminalRestored(node);

        using var programs = ConsoleProcess.StartOnTerminal(node, "monitor 7 --qmp");
        await programs.SeesAsync("(7 qmp) ");
        await node.DoAsync(7, new VmCommand.Pause());
        await programs.SeesAsync("\"event\":\"STOP\"");
        await programs.TypeAsync("\u0004");
        await programs.SeesAsync("left with 0");
        await programs.EndAsync();
        ConsoleProcess.AssertTerminalRestored(node);
    });

    [Fact(Timeout = Limits.Test)]
    public Task Many_at_once_get_their_own_answers_and_one_that_never_reads_harms_nobody() => RunningAsync(
        async node =>
        {
            using var idle = await node.Client.MonitorAsync("7", qmp: true);
            var flood = FloodAsync(idle);
            await Task.WhenAll(Enumerable.Range(1, 8).Select(client => AskAsync(node, client)));
            for (var i = 0; i < 5; i++)
            {
                await node.DoAsync(7, new VmCommand.Pause());
                await node.DoAsync(7, new VmCommand.Resume());
            }

            await Eventually.TrueAsync("the idle one is given up", () => node.Daemon.Log.Contains("is dropped: it took nothing for 0.5 s"));
            await AskAsync(node, 9);
            var last = await LastAsync(idle);
            Assert.Equal((MonitorNewsKind.Dropped, "this monitor was given up: it took nothing for 0.5 s"), (last?.Kind, last?.Reason));
            await flood;
        },
        "vmsup.http.send-timeout=500ms");

    [Fact(Timeout = Limits.Test)]
    public Task The_next_daemon_opens_the_monitor_of_a_guest_it_has_adopted() => RunningAsync(async node =>
    {
        using (await node.Client.MonitorAsync("7"))
            await node.RestartDaemonAsync();
        Assert.Equal("VM status: running\n", (await node.CliAsync("monitor", "7", "info status")).Expect(0).Output);
    });

    private static async Task AskAsync(Node node, int client)
    {
        using var connection = await node.Client.MonitorAsync("7", qmp: true);
        Assert.Equal(MonitorNewsKind.Attached, (await connection.ReceiveAsync())?.Kind);
        for (var i = 0; i < 50; i++)
        {
            var id = $"{client}/{i}";
            await connection.SendAsync(new JsonObject { ["execute"] = "query-name", ["id"] = id }.ToJsonString());
            MonitorNews? news;
            do
                news = await connection.ReceiveAsync();
            while (news?.Kind == MonitorNewsKind.Event);
            Assert.Equal(MonitorNewsKind.Answer, news?.Kind);
            Assert.Equal((id, "nano-7"), (news!.Message!.Value.GetProperty("id").GetString(), news.Message.Value.GetProperty("return").GetProperty("name").GetString()));
        }
    }

    /// <summary>Asks for what is long and takes no answer.</summary>
    private static async Task FloodAsync(MonitorConnection connection)
    {
        for (var i = 0; i < 50; i++)
            await connection.SendAsync("""{"execute":"query-qmp-schema"}""");
    }

    private static async Task<MonitorNews?> LastAsync(MonitorConnection connection)
    {
        using var limit = new CancellationTokenSource(Limits.Step);
        MonitorNews? last = null;
        while (await connection.ReceiveAsync(limit.Token) is { } news)
            last = news;
        return last;
    }

    private static Task GuestIsAsync(Node node, string guest) => Eventually.SeeAsync(
        $"the guest is {guest}", async () => (await node.CliAsync("show", "7", "-o", "json")).Json["guest"]!.GetValue<string>() == guest ? guest : null);

    private static Task RunningAsync(Func<Node, Task> test, params string[] settings) => Node.OfItsOwnAsync(
        async node =>
        {
            await node.DefineAsync(Definitions.Nano(7, "hb_ms=1000 hz=100"));
            await node.StartAsync(7);
            await test(node);
        },
        settings);
}
