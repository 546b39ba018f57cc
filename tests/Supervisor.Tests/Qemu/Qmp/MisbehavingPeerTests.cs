using System.Globalization;
using System.Text;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Supervisor.Tests.Qemu.Qmp;

public sealed class MisbehavingPeerTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_peer_that_never_greets_is_silent()
    {
        await using var peer = FakeMonitor.Create();
        var failed = Assert.IsType<QmpOpened.Failed>(await peer.OpenAsync(TimeSpan.FromMilliseconds(50)));
        Assert.Equal(new(QmpFaultKind.Silent, "the monitor did not greet within 0.05 s"), failed.Fault);
    }

    [Fact]
    public async Task A_peer_that_greets_and_says_no_more_is_silent()
    {
        await using var peer = FakeMonitor.Create();
        var time = new ManualTime();
        var opening = peer.OpenAsync(TimeSpan.FromSeconds(5), time: time);
        await peer.SendAsync(FakeMonitor.Greeting);
        Assert.Contains("qmp_capabilities", await peer.Reader.ReadLineAsync());
        time.Advance(TimeSpan.FromSeconds(5));
        var failed = Assert.IsType<QmpOpened.Failed>(await opening);
        Assert.Equal(QmpFaultKind.Silent, failed.Fault.Kind);
        Assert.Contains("did not negotiate", failed.Fault.Detail);
    }

    [Theory]
    [InlineData(true, "exec-oob")]
    [InlineData(false, "execute")]
    public async Task What_comes_before_all_that_waits_does_so_where_the_peer_offers_it(bool offered, string verb)
    {
        var (peer, connection) = await FakeMonitor.NegotiatedAsync(outOfBand: offered);
        await using var _ = peer;
        await using var __ = connection;
        var waiting = connection.ExecuteAsync(QmpCommands.QueryVersion, Long, default);
        var first = connection.ExecuteAsync(QmpCommands.Raw("yank") with { OutOfBand = true }, Long, default);
        await peer.Reader.ReadLineAsync();
        Assert.Equal($"{{\"{verb}\":\"yank\",\"id\":3}}", await peer.Reader.ReadLineAsync());
        await peer.SendAsync("{\"return\": {}, \"id\": 3}\r\n");
        Assert.IsType<QmpResult<QmpValue>.Returned>(await first);
        Assert.False(waiting.IsCompleted);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("\0\0\0\u0001\n")]
    [InlineData("[]\n")]
    [InlineData("{\"QMP\": \n")]
    [InlineData("{\"hello\": 1}\n")]
    public async Task Garbage_instead_of_a_greeting_is_malformed(string garbage)
    {
        await using var peer = FakeMonitor.Create();
        await peer.SendAsync(garbage);
        Assert.Equal(QmpFaultKind.Malformed, Assert.IsType<QmpOpened.Failed>(await peer.OpenAsync()).Fault.Kind);
    }

    [Fact]
    public async Task Garbage_ends_every_command_under_way_with_what_was_seen()
    {
        var (peer, connection) = await FakeMonitor.NegotiatedAsync();
        await using var _ = peer;
        await using var __ = connection;
        var pending = Enumerable.Range(0, 20).Select(_ => connection.ExecuteAsync(QmpCommands.QueryStatus, Long, default)).ToArray();
        await peer.Reader.ReadLineAsync();
        await peer.SendAsync("{\"return\": {}, \"id\"\u0007: ]\n");
        foreach (var result in await Task.WhenAll(pending))
        {
            var lost = Assert.IsType<QmpResult<QmpStatus>.Lost>(result);
            Assert.Equal(QmpFaultKind.Malformed, lost.Fault.Kind);
            Assert.Contains("\"id\"?: ]", lost.Fault.Detail);
        }

        Assert.IsType<QmpResult<QmpStatus>.Lost>(await connection.ExecuteAsync(QmpCommands.QueryStatus, Long, default));
    }

    [Fact]
    public async Task End_of_file_in_the_middle_of_a_line_is_told_as_such()
    {
        var (peer, connection) = await FakeMonitor.NegotiatedAsync();
        await using var _ = peer;
        await using var __ = connection;
        var pending = connection.ExecuteAsync(QmpCommands.QueryStatus, Long, default);
        await peer.Reader.ReadLineAsync();
        await peer.SendAsync("{\"return\": {\"sta");
        peer.Server.Dispose();
        var lost = Assert.IsType<QmpResult<QmpStatus>.Lost>(await pending);
        Assert.Equal(new(QmpFaultKind.Closed, "the monitor closed in the middle of a line ({\"return\": {\"sta)"), lost.Fault);
    }

    [Fact]
    public async Task A_peer_that_dies_with_commands_unread_is_closed_after_its_last_words()
    {
        var (peer, connection) = await FakeMonitor.NegotiatedAsync();
        await using var _ = peer;
        await using var __ = connection;
        var pending = connection.ExecuteAsync(QmpCommands.QueryStatus, Long, default);
        await peer.SendAsync("""{"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-shutdown"}}""" + "\n");
        peer.Server.Dispose();
        Assert.Equal(QmpFaultKind.Closed, Assert.IsType<QmpResult<QmpStatus>.Lost>(await pending).Fault.Kind);
        Assert.Equal(QmpFaultKind.Closed, (await connection.Closed).Kind);
        Assert.Equal("guest-shutdown", Assert.IsType<QmpEvent.Shutdown>(await connection.Events.ReadAsync()).Reason);
    }

    [Fact]
    public async Task A_line_of_10_MiB_closes_the_connection()
    {
        var (peer, connection) = await FakeMonitor.NegotiatedAsync();
        await using var _ = peer;
        await using var __ = connection;
        var flood = new byte[10 << 20];
        flood.AsSpan().Fill((byte)'x');
        var writing = peer.Server.WriteAsync(flood).AsTask();
        Assert.Equal(new(QmpFaultKind.LineTooLong, "the monitor sent a line of more than 4194304 bytes"), await connection.Closed);
        await Assert.ThrowsAsync<IOException>(() => writing);
    }

    [Fact]
    public async Task A_line_of_3_MiB_is_read()
    {
        var (peer, connection) = await FakeMonitor.NegotiatedAsync();
        await using var _ = peer;
        await using var __ = connection;
        var pending = connection.ExecuteAsync(QmpCommands.Raw("query-much"), Long, default);
        await peer.Reader.ReadLineAsync();
        await peer.SendAsync($$"""{"return": "{{new string('y', 3 << 20)}}", "id": 2}""" + "\n");
        Assert.Equal(3 << 20, Assert.IsType<QmpResult<QmpValue>.Returned>(await pending).Value.Value.GetString()!.Length);
    }

    [Fact]
    public async Task Silence_ends_a_command_at_its_deadline_and_its_late_reply_goes_nowhere()
    {
        var (peer, connection) = await FakeMonitor.NegotiatedAsync();
        await using var _ = peer;
        await using var __ = connection;
        var late = await connection.ExecuteAsync(QmpCommands.QueryStatus, TimeSpan.FromMilliseconds(20), default);
        Assert.IsType<QmpResult<QmpStatus>.Unanswered>(late);
        var next = connection.ExecuteAsync(QmpCommands.QueryStatus, Long, default);
        await peer.SendAsync("""
            {"return": {"status": "paused", "running": false}, "id": 2}
            {"return": {"status": "running", "running": true}, "id": 4711}
            {"error": {"class": "GenericError", "desc": "no id"}}
            {"return": {"status": "running", "running": true}, "id": 3}

            """);
        Assert.Equal("running", Assert.IsType<QmpResult<QmpStatus>.Returned>(await next).Value.Status);
        Assert.Equal(3, connection.StrayReplies);
    }

    [Fact]
    public async Task A_peer_that_does_not_read_stalls_nobody()
    {
        var (peer, connection) = await FakeMonitor.NegotiatedAsync();
        await using var _ = peer;
        await using var __ = connection;
        var big = new string('z', 1 << 20);
        var stalled = connection.ExecuteAsync(QmpCommands.Raw("big", w => w.WriteString("big", big)), TimeSpan.FromMilliseconds(100), default);
        var behind = connection.ExecuteAsync(QmpCommands.QueryStatus, TimeSpan.FromMilliseconds(100), default);
        Assert.IsType<QmpResult<QmpValue>.Unanswered>(await stalled);
        Assert.IsType<QmpResult<QmpStatus>.Unanswered>(await behind);
        await peer.SendAsync("""{"event": "STOP"}""" + "\n");
        Assert.Equal("STOP", (await connection.Events.ReadAsync()).Name);
    }

    [Fact]
    public async Task A_command_can_be_given_up()
    {
        var (peer, connection) = await FakeMonitor.NegotiatedAsync();
        await using var _ = peer;
        await using var __ = connection;
        using var cancel = new CancellationTokenSource();
        var pending = connection.ExecuteAsync(QmpCommands.QueryStatus, Long, cancel.Token);
        await peer.Reader.ReadLineAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
    }

    [Fact]
    public async Task Disposing_ends_what_is_under_way()
    {
        var (peer, connection) = await FakeMonitor.NegotiatedAsync();
        await using var _ = peer;
        var pending = connection.ExecuteAsync(QmpCommands.QueryStatus, Long, default);
        await connection.DisposeAsync();
        Assert.Equal(QmpFaultKind.Disposed, Assert.IsType<QmpResult<QmpStatus>.Lost>(await pending).Fault.Kind);
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task Replies_overtake_a_hundred_thousand_events_that_nobody_takes_and_none_is_lost()
    {
        const int Count = 100_000;
        var (peer, connection) = await FakeMonitor.NegotiatedAsync();
        await using var _ = peer;
        await using var __ = connection;
        var pending = connection.ExecuteAsync(QmpCommands.QueryStatus, Long, default);
        var flood = new StringBuilder();
        for (var i = 0; i < Count; i++)
            flood.Append(CultureInfo.InvariantCulture, $"{{\"event\": \"FLOOD\", \"data\": {{\"n\": {i}}}}}\r\n");
        flood.Append("{\"return\": {\"status\": \"running\", \"running\": true}, \"id\": 2}\r\n{\"event\": \"LAST\"}\r\n");
        await peer.SendAsync(flood.ToString());

        // Not one event was taken when the reply behind them comes through.
        var reply = Assert.IsType<QmpResult<QmpStatus>.Returned>(await pending);
        for (var i = 0; i < Count; i++)
        {
            var one = Assert.IsType<QmpEvent.Other>(await connection.Events.ReadAsync());
            Assert.Equal(i, one.Message.GetProperty("data").GetProperty("n").GetInt32());
            Assert.True(one.Sequence < reply.Sequence);
        }

        Assert.True((await connection.Events.ReadAsync()).Sequence > reply.Sequence);
    }

    [Fact]
    public async Task Events_beyond_the_backlog_close_the_connection()
    {
        var (peer, connection) = await FakeMonitor.NegotiatedAsync(new() { MaxBacklog = 50 });
        await using var _ = peer;
        await using var __ = connection;
        await peer.SendAsync(string.Concat(Enumerable.Repeat("{\"event\": \"FLOOD\"}\r\n", 100)));
        Assert.Equal(QmpFaultKind.Overflow, (await connection.Closed).Kind);
    }

    [Fact]
    public async Task Errors_come_by_class_and_text_and_other_values_as_malformed()
    {
        var (peer, connection) = await FakeMonitor.NegotiatedAsync();
        await using var _ = peer;
        await using var __ = connection;
        var refused = connection.ExecuteAsync(QmpCommands.Continue, Long, default);
        var odd = connection.ExecuteAsync(QmpCommands.QueryStatus, Long, default);
        await peer.SendAsync("""{"id": 2, "error": {"class": "CommandNotFound", "desc": "no \u00fc", "new": 1}}""" + "\n");
        await peer.SendAsync("""{"id": 3, "return": {"state": 7}}""" + "\n");
        Assert.Equal(new QmpResult<QmpNothing>.Refused("CommandNotFound", "no ü"), await refused);
        Assert.Equal(QmpFaultKind.Malformed, Assert.IsType<QmpResult<QmpStatus>.Lost>(await odd).Fault.Kind);
        Assert.False(connection.Closed.IsCompleted);
    }

    [Fact]
    public async Task Unknown_fields_and_events_are_passed_on()
    {
        var (peer, connection) = await FakeMonitor.NegotiatedAsync();
        await using var _ = peer;
        await using var __ = connection;
        Assert.Equal("7.2.22", connection.Greeting.Version?.ToString());
        await peer.SendAsync("""{"event": "NOVELTY", "data": {"a": [1, {"b": null}]}, "extra": "x", "timestamp": {"seconds": 1, "microseconds": 2}}""" + "\n");
        var novelty = Assert.IsType<QmpEvent.Other>(await connection.Events.ReadAsync());
        Assert.Equal("x", novelty.Message.GetProperty("extra").GetString());
        Assert.Equal("""{"a": [1, {"b": null}]}""", novelty.Message.GetProperty("data").GetRawText());
    }
}
