using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using VmSupervisor.Actors.TestKit;
using VmSupervisor.Migration;
using VmSupervisor.Migration.Connections;
using VmSupervisor.TestKit.Peers;

namespace VmSupervisor.Supervisor.Tests.Migration;

/// <summary>Nodes that know each other, on one simulated network, in virtual time.</summary>
internal sealed class SimulatedCluster : IDisposable
{
    private readonly Dictionary<string, CancellationTokenSource> _running = [];
    private int _runs;

    public Pump Pump { get; } = new();

    public VirtualTime Time { get; } = new();

    public SimulatedPeerNetwork Network { get; } = new();

    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    /// <summary>Starts a node that knows some peers.</summary>
    public PeerTable Start(string name, string[] peers, Func<PeerSettings, PeerSettings>? change = null)
    {
        var settings = new PeerSettings { Node = name, Run = $"run-{++_runs}", Seed = _runs };
        var table = new PeerTable(
            change?.Invoke(settings) ?? settings, peers.ToDictionary(peer => peer, peer => $"sim:{peer}"), Network.TransportOf(name), Time, NullLogger.Instance);
        var stop = _running[name] = new CancellationTokenSource();
        Network.Join(name, table, stop.Token);
        _ = table.RunAsync(stop.Token);
        Pump.Settle();
        return table;
    }

    /// <summary>Two that are connected.</summary>
    public (PeerTable A, PeerTable B) Pair()
    {
        var pair = (Start("a", ["b"]), Start("b", ["a"]));
        Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(pair.Item1.Find("b")!.Dialed);
        Assert.NotNull(pair.Item2.Find("a")!.Dialed);
        return pair;
    }

    /// <summary>Step by step, so that what a timer begins is done when the next one fires.</summary>
    public void Advance(TimeSpan span)
    {
        Pump.Settle();
        var end = Time.Elapsed + span;
        while (Time.NextTimer is { } next && next <= end)
        {
            Time.Advance(next - Time.Elapsed);
            Pump.Settle();
        }

        Time.Advance(end - Time.Elapsed);
        Pump.Settle();
    }

    public void Stop(string name)
    {
        _running[name].Cancel();
        Pump.Settle();
    }

    public void Kill(string name)
    {
        Network.Kill(name);
        Stop(name);
    }

    /// <summary>Everything that a peer's connections go through, a line each.</summary>
    public static List<string> Record(IPeer peer)
    {
        var lines = new List<string>();
        peer.Watch(change => lines.Add(
            $"{change.Session.Direction} {change.Session.Run} {(change.Lost is null ? "is there" : $"is lost: {change.Lost}")}"));
        return lines;
    }

    public void Dispose()
    {
        foreach (var name in _running.Keys)
            Stop(name);
        Pump.Dispose();
    }
}
