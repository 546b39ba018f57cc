using System.Text;
using VmSupervisor.Client;
using VmSupervisor.Contracts.Http;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>Serial consoles of real guests.</summary>
[Trait("Category", "Qemu")]
public sealed class ConsoleTests
{
    [Fact(Timeout = Limits.Test)]
    public Task A_line_goes_in_and_the_answer_comes_out() => RunningAsync(async node =>
    {
        using var console = ConsoleProcess.Start(node, "nano-7", "--until", "PONG hello");
        await console.TypeAsync("ping hello\n");
        var ended = await console.EndAsync();
        Assert.Equal((0, ""), (ended.Exit, ended.Errors));
        Assert.StartsWith("READY", ended.Output);
        Assert.Contains("PONG hello", ended.Output);

        var late = await node.CliAsync("console", "7", "--until", "never", "--timeout", "300ms");
        Assert.Equal("vmsup: the guest did not print 'never' within 0.3 s", late.Expect(6).OneError);
    });

    [Fact(Timeout = Limits.Test)]
    public Task One_writes_the_others_are_told_and_force_takes_over() => RunningAsync(async node =>
    {
        using var first = await ReaderAsync(node);
        using var second = await ReaderAsync(node);
        using var third = await ReaderAsync(node, ConsoleMode.Read);
        Assert.True(first.Attached.Writable);
        Assert.Equal((false, first.Attached.Writer), (second.Attached.Writable, second.Attached.Writer));
        Assert.Contains($"pid {Environment.ProcessId}", second.Attached.Writer);
        Assert.False(third.Attached.Writable);

        await second.TypeAsync("ping second\n");
        await first.TypeAsync("ping first\n");
        foreach (var reader in new[] { first, second, third })
            await reader.SeesAsync("PONG first");
        Assert.DoesNotContain("second", third.Text);

        using var fourth = await ReaderAsync(node, ConsoleMode.Force);
        Assert.True(fourth.Attached.Writable);
        Assert.Equal(fourth.Attached.Writer, (await first.NewsAsync(ConsoleNewsKind.ReadOnly)).Writer);
        await first.TypeAsync("ping no-more\n");
        await fourth.TypeAsync("ping fourth\n");
        await third.SeesAsync("PONG fourth");
        Assert.DoesNotContain("no-more", third.Text);
        Assert.Contains("has taken writing over", node.Daemon.Log);
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_reader_that_never_reads_holds_up_nobody() => RunningAsync(
        async node =>
        {
            using var idle = await node.Client.ConsoleAsync("7", new ConsoleRequest());
            using var reader = await ReaderAsync(node, ConsoleMode.Read);
            await reader.SeesAsync("\nHB 4000 ");
            await node.StopAsync(7);
            Assert.Equal("CleanedUp", (await node.ShowAsync(7)).State);
            await reader.NewsAsync(ConsoleNewsKind.Ended);
            reader.AssertNoBeatIsMissing();
        },
        "hb_ms=1 hz=1000");

    [Fact(Timeout = Limits.Test)]
    public Task Who_never_reads_loses_the_seat_after_a_while_and_is_told_why() => RunningAsync(
        async node =>
        {
            // More than all buffers between a guest and a client hold.
            using (var log = new FileStream(node.World.FileOf(7, 1, "serial.log"), FileMode.Append))
                log.Write(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("filler\n", 300_000))));
            using var idle = await Reader.AttachAsync(await node.Client.ConsoleAsync("7", new ConsoleRequest { History = 8 << 20 }));
            Assert.True(idle.Attached.Writable);
            using var heir = await Eventually.SeeAsync("the seat is free", async () =>
            {
                var next = await ReaderAsync(node);
                if (next.Attached.Writable)
                    return next;
                next.Dispose();
                return null;
            });
            await heir.TypeAsync("ping heir\n");
            await heir.SeesAsync("PONG heir");
            Assert.Equal("this console was given up: it took nothing for 0.5 s", (await idle.NewsAsync(ConsoleNewsKind.Dropped)).Reason);
            Assert.Contains("is dropped: it took nothing for 0.5 s", node.Daemon.Log);
        },
        settings: "vmsup.http.send-timeout=500ms");

    [Fact(Timeout = Limits.Test)]
    public Task A_log_that_is_begun_anew_under_load_loses_no_byte() => RunningAsync(
        async node =>
        {
            using var reader = await ReaderAsync(node);
            await reader.SeesAsync("\nHB 6000 ");
            Assert.True(reader.Moves >= 3, $"it was begun anew {reader.Moves} times");
            reader.AssertNoBeatIsMissing();
            Assert.Equal(0, reader.Losses);
            var files = Directory.GetFiles(Path.GetDirectoryName(node.World.FileOf(7, 1, "serial.log"))!, "serial.log*");
            Assert.Equal(["serial.log", "serial.log.1"], files.Select(Path.GetFileName).Order());
            await reader.TypeAsync("ping after\n");
            await reader.SeesAsync("PONG after");
        },
        "hb_ms=1 hz=1000",
        "vmsup.qemu.serial-log-size=4 KiB");

    [Fact(Timeout = Limits.Test)]
    public Task A_console_goes_on_where_it_was_when_the_daemon_was_killed() => RunningAsync(
        async node =>
        {
            using var console = ConsoleProcess.Start(node, "7", "--until", "HB 300 ", "--history", "1M");
            await console.SeesAsync("HB 40 ");
            await node.RestartDaemonAsync();
            var ended = await console.EndAsync();
            Assert.Equal(0, ended.Exit);
            Assert.Equal(
                ["vmsup: the daemon went away (the guest runs on); connecting again", "vmsup: connected again"],
                ended.Errors.TrimEnd('\n').Split('\n'));
            Reader.AssertNoBeatIsMissing(ended.Output);
        },
        "hb_ms=10 hz=1000");

    [Fact(Timeout = Limits.Test)]
    public Task The_end_of_an_incarnation_is_told_and_who_follows_sees_the_next_one() => RunningAsync(async node =>
    {
        using var once = ConsoleProcess.Start(node, "7");
        using var following = ConsoleProcess.Start(node, "7", "--follow", "--until", "PONG again", "--read-only");
        await once.SeesAsync("READY");
        await following.SeesAsync("READY");
        await node.StopAsync(7);
        var ended = await once.EndAsync();
        Assert.Equal((0, "vmsup: vm 7 (nano-7): incarnation 1 has ended: api-stop\n"), (ended.Exit, ended.Errors));

        var refused = await node.CliAsync("console", "7");
        Assert.Contains("has no console: it is CleanedUp (api-stop)", refused.Expect(4).OneError);
        await node.StartAsync(7);
        using var writer = await ReaderAsync(node);
        await writer.SeesAsync("READY");
        await writer.TypeAsync("ping again\n");
        Assert.Equal(0, (await following.EndAsync()).Exit);
        (await node.CliAsync("console", "nobody")).Expect(3);
    });

    [Fact(Timeout = Limits.Test)]
    public Task On_a_terminal_the_escape_key_leaves_and_the_terminal_is_as_before() => RunningAsync(async node =>
    {
        using var terminal = ConsoleProcess.StartOnTerminal(node);
        await terminal.SeesAsync("Ctrl-] then q leaves");
        await terminal.SeesAsync("READY");
        await terminal.TypeAsync("ping tty\n");
        await terminal.SeesAsync("PONG tty");
        // Raw: the guest gets what would end any other program.
        await terminal.TypeAsync("\x03\x04\x1a\n");
        await terminal.TypeAsync("ping still\n");
        await terminal.SeesAsync("PONG still");
        await terminal.TypeAsync("\x1dq");
        await terminal.SeesAsync("left with 0");
        await terminal.EndAsync();
        ConsoleProcess.AssertTerminalRestored(node);
    });

    [Theory(Timeout = Limits.Test)]
    [InlineData(1)]
    [InlineData(Kernel.Interrupt)]
    [InlineData(Kernel.Terminate)]
    public Task A_signal_leaves_the_terminal_as_it_was(int signal) => RunningAsync(async node =>
    {
        using var terminal = ConsoleProcess.StartOnTerminal(node);
        await terminal.SeesAsync("READY");
        var cli = Assert.Single(node.World.Everything(), p => p.Arguments[0] == Binaries.Cli);
        Kernel.Signal(cli.Pid, signal);
        await terminal.SeesAsync("left with ");
        await terminal.EndAsync();
        ConsoleProcess.AssertTerminalRestored(node);
    });

    private static Task RunningAsync(Func<Node, Task> test, string cmdline = "hb_ms=1000 hz=100", params string[] settings) =>
        Node.OfItsOwnAsync(
            async node =>
            {
                await node.DefineAsync(Definitions.Nano(7, cmdline));
                await node.StartAsync(7);
                await node.SerialOf(7, 1).SeesAsync("READY");
                await test(node);
            },
            settings);

    private static async Task<Reader> ReaderAsync(Node node, ConsoleMode mode = ConsoleMode.Write) =>
        await Reader.AttachAsync(await node.Client.ConsoleAsync("7", new ConsoleRequest { Mode = mode, History = 1 << 20 }));
}
