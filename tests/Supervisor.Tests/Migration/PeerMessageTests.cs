using VmSupervisor.Migration;
using VmSupervisor.Migration.Connections;

namespace VmSupervisor.Supervisor.Tests.Migration;

public sealed class PeerMessageTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly SimulatedCluster _cluster = new();
    private readonly PeerTable _a;
    private readonly PeerTable _b;

    public PeerMessageTests() => (_a, _b) = _cluster.Pair();

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void A_message_that_nobody_handles_is_refused()
    {
        var e = _cluster.Pump.Fails<PeerException>(AskAsync("prepare", "{}"));

        Assert.Equal((PeerFailure.Refused, "nobody here handles 'prepare'", false), (e.Failure, e.Message, e.MayHaveArrived));
    }

    [Fact]
    public void A_handler_that_was_taken_back_handles_no_more()
    {
        _b.Handle("prepare", (_, _) => Task.FromResult(Reply("1"))).Dispose();
        using var second = _b.Handle("prepare", (_, _) => Task.FromResult(Reply("2")));

        Assert.Equal("2", _cluster.Pump.Now(AskAsync("prepare", "{}")).Body.GetRawText());
        Assert.Throws<InvalidOperationException>(() => _b.Handle("prepare", (_, _) => Task.FromResult(Reply("3"))));
    }

    [Fact]
    public void Handlers_start_in_the_order_of_the_messages_and_may_answer_in_any()
    {
        var asked = new List<string>();
        var answers = new List<TaskCompletionSource<PeerReply>>();
        using var handler = _b.Handle("n", (request, _) =>
        {
            asked.Add(request.Message.Body.GetRawText());
            answers.Add(new());
            return answers[^1].Task;
        });

        var (first, second) = (AskAsync("n", "1"), AskAsync("n", "2"));
        _cluster.Pump.Settle();
        answers[1].SetResult(Reply("\"two\""));

        Assert.Equal("two", _cluster.Pump.Now(second).Body.GetString());
        Assert.False(first.IsCompleted);
        answers[0].SetResult(Reply("\"one\""));
        Assert.Equal("one", _cluster.Pump.Now(first).Body.GetString());
        Assert.Equal(["1", "2"], asked);
    }

    [Fact]
    public void A_handler_sees_the_session_whose_end_both_sides_learn()
    {
        PeerSession? seen = null;
        using var handler = _b.Handle("prepare", (request, _) =>
        {
            seen = request.Session;
            return Task.FromResult(Reply("null"));
        });
        _cluster.Pump.Now(AskAsync("prepare", "{}"));
        var told = "";
        seen!.Watch(reason => told = reason);

        _cluster.Kill("a");

        Assert.Equal(("a", PeerDirection.Accepted, "a was killed"), (seen.Peer, seen.Direction, told));
    }

    [Fact]
    public void What_waits_for_a_reply_fails_with_the_connection_and_may_have_arrived()
    {
        CancellationToken ended = default;
        using var handler = _b.Handle("finish", (_, token) =>
        {
            ended = token;
            return new TaskCompletionSource<PeerReply>().Task;
        });
        var asked = AskAsync("finish", "{}");
        _cluster.Pump.Settle();

        _cluster.Network.Cut("a", "b");

        var e = _cluster.Pump.Fails<PeerException>(asked);
        Assert.Equal((PeerFailure.Lost, true), (e.Failure, e.MayHaveArrived));
        _cluster.Advance(Second);
        Assert.True(ended.IsCancellationRequested);
    }

    [Fact]
    public void A_deadline_ends_the_waiting_and_the_late_reply_disturbs_nothing()
    {
        var answer = new TaskCompletionSource<PeerReply>();
        using var handler = _b.Handle("slow", (_, _) => answer.Task);
        using var other = _b.Handle("quick", (_, _) => Task.FromResult(Reply("7")));
        var asked = AskAsync("slow", "{}");

        _cluster.Advance(Second);

        var e = _cluster.Pump.Fails<PeerException>(asked);
        Assert.Equal((PeerFailure.TimedOut, true), (e.Failure, e.MayHaveArrived));
        answer.SetResult(Reply("1"));
        Assert.Equal(7, _cluster.Pump.Now(AskAsync("quick", "{}")).Body.GetInt32());
    }

    [Fact]
    public void Without_a_connection_nothing_is_sent()
    {
        _cluster.Network.Cut("a", "b");
        _cluster.Pump.Settle();

        var e = _cluster.Pump.Fails<PeerException>(AskAsync("prepare", "{}"));

        Assert.Equal((PeerFailure.NotConnected, false), (e.Failure, e.MayHaveArrived));
    }

    [Fact]
    public void A_handler_may_refuse_and_what_it_throws_beside_that_is_told_as_a_fault()
    {
        using var no = _b.Handle("no", (_, _) => throw new PeerRefusalException("not today"));
        using var fault = _b.Handle("fault", (_, _) => throw new FormatException("broken"));

        Assert.Equal("not today", _cluster.Pump.Fails<PeerException>(AskAsync("no", "{}")).Message);
        Assert.Contains("failed unexpectedly", _cluster.Pump.Fails<PeerException>(AskAsync("fault", "{}")).Message);
        Assert.Null(_a.Find("b")!.Dialed!.Ended);
    }

    [Fact]
    public void Messages_and_replies_have_a_largest_size_and_the_connection_survives_both()
    {
        var large = $"\"{new string('x', 4 << 20)}\"";
        using var handler = _b.Handle("large", (_, _) => Task.FromResult(Reply(large)));

        var sent = _cluster.Pump.Fails<PeerException>(AskAsync("large", large));
        var answered = _cluster.Pump.Fails<PeerException>(AskAsync("large", "{}"));

        Assert.Equal((PeerFailure.TooLarge, PeerFailure.Refused), (sent.Failure, answered.Failure));
        Assert.Contains("larger than 4194304 bytes", answered.Message);
        Assert.Null(_a.Find("b")!.Dialed!.Ended);
    }

    [Fact]
    public void A_stream_carries_bytes_both_ways_until_its_handler_returns()
    {
        using var handler = _b.HandleStreams("migration/104", async (_, stream, token) =>
        {
            var buffer = new byte[10];
            var read = await stream.ReadAsync(buffer, token);
            await stream.WriteAsync(buffer.AsMemory(0, read).ToArray().Reverse().ToArray(), token);
        });
        var stream = _cluster.Pump.Now(_a.Find("b")!.OpenStreamAsync("migration/104"));
        var written = stream.WriteAsync(new byte[] { 1, 2, 3 }).AsTask();

        var buffer = new byte[10];
        var read = _cluster.Pump.Now(stream.ReadAsync(buffer).AsTask());

        Assert.True(written.IsCompletedSuccessfully);
        Assert.Equal([3, 2, 1], buffer[..read]);
        Assert.Equal(0, _cluster.Pump.Now(stream.ReadAsync(buffer).AsTask()));
    }

    [Fact]
    public void A_stream_that_nobody_expects_is_refused()
    {
        var e = _cluster.Pump.Fails<PeerException>(_a.Find("b")!.OpenStreamAsync("migration/7"));

        Assert.Contains("nobody here expects a stream 'migration/7'", e.Message);
    }

    [Fact]
    public void A_stream_breaks_with_its_session_on_both_sides()
    {
        Task<int>? there = null;
        using var handler = _b.HandleStreams("x", async (_, stream, token) => await (there = stream.ReadAsync(new byte[1], token).AsTask()));
        var stream = _cluster.Pump.Now(_a.Find("b")!.OpenStreamAsync("x"));
        var here = stream.ReadAsync(new byte[1]).AsTask();
        _cluster.Pump.Settle();

        _cluster.Network.Cut("a", "b");
        _cluster.Pump.Settle();

        Assert.Contains("the line is cut", _cluster.Pump.Fails<PeerChannelException>(here).Message);
        Assert.True(there!.IsCanceled || there.IsFaulted);
    }

    private static PeerReply Reply(string json) => new(SimulatedCluster.Json(json));

    private Task<PeerReply> AskAsync(string type, string json) =>
        _a.Find("b")!.AskAsync(new PeerMessage(type, SimulatedCluster.Json(json)), Second);
}
