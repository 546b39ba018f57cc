using VmSupervisor.Contracts.Views;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>Two daemons that know each other.</summary>
[Trait("Category", "Process")]
public sealed class PeerTests
{
    [Fact(Timeout = Limits.Test)]
    public Task Nodes_on_one_machine_know_each_other_over_their_unix_sockets() =>
        Node.OfTwoAsync(KnowEachOtherAsync, (_, other) => [$"nodes.{other.Name}=unix:{other.Socket}", "vmsup.peers.longest-delay=200 ms"]);

    [Fact(Timeout = Limits.Test)]
    public async Task Nodes_know_each_other_over_tls()
    {
        using var tls = new TlsNodes();
        await Node.OfTwoAsync(KnowEachOtherAsync, (own, other) => tls.Settings(own, other));
    }

    [Fact(Timeout = Limits.Test)]
    public Task A_node_that_the_other_does_not_know_is_refused_and_both_logs_say_so() => Node.OfTwoAsync(
        async (a, b) =>
        {
            var knowing = string.CompareOrdinal(a.Name, b.Name) < 0 ? a : b;
            var other = knowing == a ? b : a;
            var why = $"{knowing.Name} is not among the nodes that {other.Name} is configured with (nodes.{knowing.Name})";
            await Eventually.TrueAsync("both logs say why", () =>
                knowing.Daemon.Log.Contains($"cannot be reached: refused by the peer: {why}") && other.Daemon.Log.Contains($"is refused: {why}"));

            var ping = (await knowing.CliAsync("node", "ping", other.Name, "-c", "1")).Expect(1);
            Assert.Contains(why, ping.OneError);
        },
        (own, other) => string.CompareOrdinal(own.Name, other.Name) < 0 ? [$"nodes.{other.Name}=unix:{other.Socket}"] : []);

    private static async Task KnowEachOtherAsync(Node a, Node b)
    {
        var first = await ConnectedAsync(a, b);
        await ConnectedAsync(b, a);
        Assert.Equal("0.1.0", first.Version);
        Assert.NotNull(first.AcceptedSince);

        var text = (await a.CliAsync("node", "ping", b.Name, "-c", "2")).Expect(0).Output;
        Assert.Contains($"PING {b.Name} ({first.Address})\nreply from {b.Name}: seq=1 time=", text);
        Assert.Contains("2 sent, 2 received, 0% lost\nrtt min/avg/max = ", text);
        Assert.Equal(b.Name, (string?)(await a.CliAsync("node", "show", b.Name, "-o", "json")).Expect(0).Json["name"]);
        Assert.Equal(a.Name, (string?)(await a.CliAsync("node", "show", "-o", "json")).Expect(0).Json["name"]);
        Assert.Contains("is this node itself", (await a.CliAsync("node", "ping", a.Name)).Expect(3).OneError);
        Assert.Contains("knows no node nowhere", (await a.CliAsync("node", "show", "nowhere")).Expect(3).OneError);

        await b.KillDaemonAsync();
        var lost = await Eventually.SeeAsync("the other is lost", async () => await PeerAsync(a) is { State: PeerState.Disconnected } peer ? peer : null);
        Assert.NotNull(lost.LastError);
        var ping = (await a.CliAsync("node", "ping", b.Name, "-c", "1", "-o", "json")).Expect(1);
        Assert.Equal((1, 0), ((int)ping.Json["sent"]!, (int)ping.Json["received"]!));
        var checks = (await a.CliAsync("doctor", "-o", "json")).Json.AsArray();
        var check = checks.Single(c => (string?)c!["check"] == "peers")!;
        Assert.Equal("warning", (string?)check["status"]);
        Assert.Contains($"{b.Name} ({first.Address}) cannot be reached", (string?)check["found"]);

        await b.StartDaemonAsync();
        var again = await ConnectedAsync(a, b);
        Assert.NotEqual(first.Run, again.Run);
        Assert.Contains($"peer {b.Name} ({first.Address}) is lost: ", a.Daemon.Log);

        // In order: the other hears that it stops.
        await b.StopDaemonAsync();
        await Eventually.TrueAsync("the other is told", () => a.Daemon.Log.Contains($"is lost: node {b.Name} stops"));
        await b.StartDaemonAsync();
    }

    private static async Task<PeerView> ConnectedAsync(Node own, Node other) => await Eventually.SeeAsync(
        $"{own.Name} is connected with {other.Name}, both ways",
        async () => await PeerAsync(own) is { State: PeerState.Connected, AcceptedSince: not null, RoundTripMs: not null } peer && peer.Name == other.Name ? peer : null);

    private static async Task<PeerView> PeerAsync(Node own) => Assert.Single(await own.Client.PeersAsync());
}
