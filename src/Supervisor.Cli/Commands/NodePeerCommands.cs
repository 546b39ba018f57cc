using System.CommandLine;
using System.Globalization;
using VmSupervisor.Cli.Output;
using VmSupervisor.Client;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Commands;

/// <summary><c>vmsup node list</c>, <c>show NODE</c> and <c>ping</c>: the other nodes as this one sees them.</summary>
internal static class NodePeerCommands
{
    public static VmsupCommand CreateList(Runner runner)
    {
        var command = new VmsupCommand("list", "List the other nodes and whether this one is connected with them.", "vmsup node list");
        runner.SetAction(command, async (session, cancellationToken) =>
        {
            var peers = await session.Client.PeersAsync(cancellationToken).ConfigureAwait(false);
            if (session.IsJson)
            {
                session.WriteJson(peers);
                return;
            }

            if (peers.Count == 0)
            {
                session.Terminal.Error.WriteLine("no other nodes are configured (nodes.NAME)");
                return;
            }

            var table = new Table("NODE", "STATE", "SINCE", "RTT", "VERSION", "ADDRESS", "LAST ERROR") { Right = new HashSet<string> { "RTT" } };
            foreach (var peer in peers)
            {
                table.Add(
                    peer.Name, State(peer), Words.Age(peer.Since, session.Terminal.Time), RoundTrip(peer), peer.Version ?? "", peer.Address,
                    peer.State == PeerState.Connected ? "" : peer.LastError ?? "");
            }

            table.Write(session.Terminal);
        });
        return command;
    }

    public static async Task ShowAsync(Session session, string name, CancellationToken cancellationToken)
    {
        var peer = await session.Client.PeerAsync(name, cancellationToken).ConfigureAwait(false);
        if (session.IsJson)
        {
            session.WriteJson(peer);
            return;
        }

        var time = session.Terminal.Time;
        var block = new Block();
        block.Add("name", peer.Name);
        block.Add("address", peer.Address);
        block.Add("state", State(peer));
        block.Add("since", Words.Time(peer.Since, time));
        block.Add("version", peer.Version ?? "");
        block.Add("run", peer.Run ?? "");
        block.Add("round trip", RoundTrip(peer));
        block.Add("its own connection", peer.AcceptedSince is { } accepted ? $"since {Words.Time(accepted, time)}" : "none");
        if (peer.LastError is { } error)
            block.Add("last error", $"{Words.Time(peer.LastErrorAt ?? peer.Since, time)}: {error}");
        block.Write(session.Terminal);
    }

    public static VmsupCommand CreatePing(Runner runner)
    {
        var node = new Argument<string>("NODE") { Description = "The other node's name" };
        var count = new Option<int>("--count", "-c") { Description = "How many messages, one each second; 3 unless told", HelpName = "N", DefaultValueFactory = _ => 3 };
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var found and not (>= 1 and <= 1_000_000))
                result.AddError($"--count: found '{found}', allowed: 1 to 1000000");
        });
        var command = new VmsupCommand(
            "ping", "Ask the node to exchange messages with another one and measure how long that takes. Exit code 1 when none is answered.",
            "vmsup node ping b --count 10")
        {
            node, count,
        };
        runner.SetAction(command, (session, cancellationToken) => PingAsync(
            session, session.Arguments.GetRequiredValue(node), session.Arguments.GetValue(count), cancellationToken));
        return command;
    }

    private static async Task PingAsync(Session session, string name, int count, CancellationToken cancellationToken)
    {
        var peer = await session.Client.PeerAsync(name, cancellationToken).ConfigureAwait(false);
        var output = session.IsJson ? TextWriter.Null : session.Terminal.Out;
        output.WriteLine($"PING {peer.Name} ({peer.Address})");
        var times = new List<double>();
        string? failure = null;
        for (var i = 1; i <= count; i++)
        {
            if (i > 1)
                await Task.Delay(TimeSpan.FromSeconds(1), session.Terminal.Time, cancellationToken).ConfigureAwait(false);
            try
            {
                var answer = await session.Client.PingAsync(name, cancellationToken).ConfigureAwait(false);
                times.Add(answer.RoundTripMs);
                output.WriteLine($"reply from {answer.Name}: seq={i} time={Milliseconds(answer.RoundTripMs)} ms");
            }
            catch (VmsupException e) when (e.Kind == ProblemKind.Failed)
            {
                failure = e.Message;
                output.WriteLine($"seq={i}: {e.Message}");
            }
        }

        output.WriteLine($"--- {peer.Name} ping statistics ---");
        output.WriteLine($"{count} sent, {times.Count} received, {100 * (count - times.Count) / count}% lost");
        if (times.Count > 0)
            output.WriteLine($"rtt min/avg/max = {Milliseconds(times.Min())}/{Milliseconds(times.Average())}/{Milliseconds(times.Max())} ms");
        if (session.IsJson)
            session.WriteJson(new PingSummary(name, count, times.Count, times.ToValueList()));
        if (times.Count == 0)
            throw new VmsupException(new Problem(ProblemKind.Failed, failure ?? $"node {name} has not answered"));
    }

    private static Cell State(PeerView peer) => peer.State == PeerState.Connected ? new Cell("connected", Tone.Good) : new Cell("disconnected", Tone.Bad);

    private static string RoundTrip(PeerView peer) => peer.RoundTripMs is { } time ? $"{Milliseconds(time)} ms" : "";

    private static string Milliseconds(double time) => time.ToString("0.00", CultureInfo.InvariantCulture);
}
