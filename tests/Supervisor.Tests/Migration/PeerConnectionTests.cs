using VmSupervisor.Migration;
using VmSupervisor.Migration.Connections;

namespace VmSupervisor.Supervisor.Tests.Migration;

public sealed class PeerConnectionTests : IDisposable
{
    private readonly SimulatedCluster _cluster = new();

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void Nodes_that_know_each_other_connect_in_both_directions_and_agree_on_the_sessions()
    {
        var (a, b) = _cluster.Pair();

        Assert.Equal(a.Find("b")!.Dialed!.Id, b.Find("a")!.Accepted!.Id);
        Assert.Equal(b.Find("a")!.Dialed!.Id, a.Find("b")!.Accepted!.Id);
        Assert.Equal(("run-2", "run-1"), (a.Find("b")!.Dialed!.Run, b.Find("a")!.Dialed!.Run));
    }

    [Fact]
    public void A_peer_that_is_killed_and_back_is_told_on_both_directions_with_another_run()
    {
        var (a, _) = _cluster.Pair();
        var told = SimulatedCluster.Record(a.Find("b")!);

        _cluster.Kill("b");
        _cluster.Start("b", ["a"]);
        _cluster.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(
            [
                "Dialed run-2 is there", "Accepted run-2 is there",
                "Accepted run-2 is lost: b was killed", "Dialed run-2 is lost: b was killed",
                "Accepted run-3 is there", "Dialed run-3 is there",
            ],
            told);
    }

    [Fact]
    public void A_peer_that_stops_says_so()
    {
        var (a, _) = _cluster.Pair();
        var session = a.Find("b")!.Dialed!;

        _cluster.Stop("b");
        _cluster.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("node b stops", session.Ended);
    }

    [Fact]
    public void A_peer_that_falls_silent_is_lost_after_the_timeout_and_not_before()
    {
        var (a, b) = _cluster.Pair();
        var (here, there) = (a.Find("b")!.Dialed!, b.Find("a")!.Accepted!);
        _cluster.Network.Silence("a", "b");

        _cluster.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal((null, null), (here.Ended, there.Ended));
        _cluster.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal("nothing was heard of b for 15 s", here.Ended);
        Assert.Equal("nothing was heard of a for 15 s", there.Ended);
    }

    [Fact]
    public void A_connection_that_says_nothing_for_days_stays()
    {
        var (a, _) = _cluster.Pair();
        var session = a.Find("b")!.Dialed!;

        _cluster.Advance(TimeSpan.FromHours(2));

        Assert.Same(session, a.Find("b")!.Dialed);
        Assert.Null(session.Ended);
    }

    [Fact]
    public void A_silent_connection_is_replaced_when_the_peer_dials_anew()
    {
        var (a, b) = _cluster.Pair();
        var old = b.Find("a")!.Accepted!;
        _cluster.Network.Silence("a", "b");
        _cluster.Stop("a");
        Assert.Null(old.Ended);

        var again = _cluster.Start("a", ["b"]);
        _cluster.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("replaced by a newer connection of a", old.Ended);
        Assert.Equal(again.Find("b")!.Dialed!.Id, b.Find("a")!.Accepted!.Id);
        Assert.NotNull(a);
    }

    [Fact]
    public void Watching_a_session_after_its_end_tells_the_end_at_once()
    {
        var (a, _) = _cluster.Pair();
        var session = a.Find("b")!.Dialed!;
        var told = new List<string>();
        session.Watch(told.Add);
        _cluster.Network.Cut("a", "b");
        _cluster.Pump.Settle();

        session.Watch(told.Add);

        Assert.Equal(["the line is cut", "the line is cut"], told);
    }

    [Fact]
    public void Attempts_come_less_and_less_often_but_never_rarer_than_the_limit()
    {
        var attempts = new List<TimeSpan>();
        var a = _cluster.Start("a", ["b"]);
        var peer = a.Known("b")!;
        for (var second = 0; second < 600; second++)
        {
            _cluster.Advance(TimeSpan.FromSeconds(1));
            if (attempts.Count == 0 || peer.Status.LastErrorAt - _cluster.Time.GetUtcNow() > TimeSpan.FromSeconds(-1))
                attempts.Add(_cluster.Time.Elapsed);
        }

        // From 5 s to 10 s each: half of the delay is random.
        var late = attempts.Skip(5).Zip(attempts.Skip(6), (x, y) => y - x).ToList();
        Assert.All(late, gap => Assert.InRange(gap.TotalSeconds, 4, 11));
        Assert.True(late.Distinct().Count() > 3, "no jitter");
        Assert.Equal("nobody answers for b", peer.Status.LastError);
    }

    [Fact]
    public void A_ping_to_a_peer_that_is_back_does_not_wait_for_the_next_attempt()
    {
        var a = _cluster.Start("a", ["b"]);
        _cluster.Advance(TimeSpan.FromMinutes(10));
        _cluster.Start("b", []);

        _cluster.Start("b", ["a"]);
        var (link, took) = _cluster.Pump.Now(a.PingAsync("b", TimeSpan.FromSeconds(1), CancellationToken.None));

        Assert.Equal(("run-3", TimeSpan.Zero), (link.Session.Run, took));
    }

    [Fact]
    public void A_ping_to_a_peer_that_is_not_there_says_why()
    {
        var a = _cluster.Start("a", ["b"]);

        var e = _cluster.Pump.Fails<PeerException>(a.PingAsync("b", TimeSpan.FromSeconds(1), CancellationToken.None));

        Assert.Equal((PeerFailure.NotConnected, "nobody answers for b"), (e.Failure, e.Message));
    }

    [Theory]
    [InlineData("protocol")]
    [InlineData("cluster")]
    [InlineData("unknown")]
    public void A_node_that_does_not_belong_is_refused_with_the_reason_on_its_side_too(string fault)
    {
        _cluster.Start("b", fault == "unknown" ? ["c"] : ["a"]);
        var a = _cluster.Start("a", ["b"], settings => fault == "cluster" ? settings with { Cluster = "other" } : settings);
        if (fault == "protocol")
            Assert.Contains("speaks protocol 2", Refusal(new Frame.Hello(2, "a", "r", "vmsup", "9.9.9", "b", "s")));

        var expected = fault switch
        {
            "cluster" => "refused by the peer: a belongs to cluster 'other', b to 'vmsup' (vmsup.cluster)",
            "unknown" => "refused by the peer: a is not among the nodes that b is configured with (nodes.a)",
            _ => null,
        };
        Assert.Equal(expected, a.Known("b")!.Status.LastError);
        Assert.Equal(expected is null, a.Find("b")!.Dialed is not null);
    }

    [Theory]
    [InlineData("c", "b", "found node 'c' where 'a' was expected")]
    [InlineData("a", "d", "a means to speak with 'd', but this is node 'b'")]
    public void A_hello_of_another_name_than_its_proof_is_refused(string node, string peer, string reason)
    {
        _cluster.Start("b", ["a"]);

        Assert.Equal(reason, Refusal(new Frame.Hello(1, node, "r", "vmsup", "1.0.0", peer, "s")));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("{\"frame\":\"dance\"}")]
    [InlineData("{\"frame\":\"ping\",\"id\":1}")]
    [InlineData("null")]
    public void What_begins_with_something_else_is_closed(string garbage)
    {
        _cluster.Start("b", ["a"]);
        var channel = _cluster.Pump.Now(_cluster.Network.TransportOf("a").DialAsync("b", CancellationToken.None));

        _cluster.Pump.Now(Sent(channel.SendAsync(System.Text.Encoding.UTF8.GetBytes(garbage), CancellationToken.None)));

        Assert.Null(_cluster.Pump.Now(channel.ReceiveAsync(1000, CancellationToken.None)));
    }

    [Fact]
    public void Who_connects_and_says_nothing_is_given_up()
    {
        _cluster.Start("b", ["a"]);
        var channel = _cluster.Pump.Now(_cluster.Network.TransportOf("a").DialAsync("b", CancellationToken.None));
        var received = channel.ReceiveAsync(1000, CancellationToken.None);

        _cluster.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(_cluster.Pump.Now(received));
    }

    private static async Task<bool> Sent(Task task)
    {
        await task;
        return true;
    }

    private string Refusal(Frame.Hello hello)
    {
        var channel = _cluster.Pump.Now(_cluster.Network.TransportOf("a").DialAsync("b", CancellationToken.None));
        _cluster.Pump.Now(Sent(channel.SendAsync(hello.ToBytes(), CancellationToken.None)));
        var answer = _cluster.Pump.Now(channel.ReceiveAsync(10_000, CancellationToken.None));
        return Assert.IsType<Frame.Refused>(Frame.Read(answer)).Reason;
    }
}
