using VmSupervisor.Contracts.Views;
using VmSupervisor.EndToEnd.Tests.Support;
using VmSupervisor.Migrations.Tests.Peers;

namespace VmSupervisor.Migrations.Tests.Driving;

/// <summary>Two daemons with directories of their own, and the network between them.</summary>
internal sealed class Arena : IAsyncDisposable
{
    private const int FirstPort = 10000, PortsOfArena = 8, Arenas = 1000;

    private static int _arenas = Environment.ProcessId;

    private Arena(Patience patience, Node a, Node b)
    {
        (Patience, A, B) = (patience, a, b);
        ToA = new PeerProxy(Door(a), a.Socket);
        ToB = new PeerProxy(Door(b), b.Socket);
    }

    public Patience Patience { get; }

    public Node A { get; }

    public Node B { get; }

    public IReadOnlyList<Node> Nodes => [A, B];

    public PeerProxy ToA { get; }

    public PeerProxy ToB { get; }

    /// <summary>Lets a test act in an arena of its own, and looks for leftovers on both sides afterwards.</summary>
    /// <param name="patience">Of both nodes.</param>
    /// <param name="test">Acts.</param>
    /// <param name="more">Further settings of both nodes.</param>
    public static Task OfItsOwnAsync(Patience patience, Func<Arena, Task> test, params string[] more)
    {
        // No other arena's guests come to these, and no connection's own end takes one.
        var port = FirstPort + Interlocked.Increment(ref _arenas) % Arenas * PortsOfArena;
        return Node.OfTwoAsync(
            async (a, b) =>
            {
                await using var arena = new Arena(patience, a, b);
                await arena.ConnectedAsync();
                await test(arena);
            },
            (_, other) =>
            [
                $"nodes.{other.Name}=unix:{Door(other)}", "vmsup.migration.address=127.0.0.1", $"vmsup.migration.ports={port}-{port + PortsOfArena - 1}",
                .. patience.Settings, "vmsup.peers.first-delay=20 ms", "vmsup.peers.longest-delay=100 ms", "vmsup.journal.reserve=1 MiB", .. more,
            ]);
    }

    public Node Other(Node node) => node == A ? B : A;

    public PeerProxy To(Node node) => node == A ? ToA : ToB;

    public void Cut()
    {
        ToA.Cut();
        ToB.Cut();
    }

    public void Swallow()
    {
        ToA.Swallow();
        ToB.Swallow();
    }

    public void Heal()
    {
        ToA.Heal();
        ToB.Heal();
    }

    /// <summary>Until both daemons have reached each other.</summary>
    public async Task ConnectedAsync()
    {
        foreach (var node in Nodes)
        {
            await Eventually.SeeAsync($"{node.Name} is connected both ways", async () =>
                await node.Client.PeersAsync() is [{ State: PeerState.Connected, AcceptedSince: not null } peer] ? peer : null);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ToA.DisposeAsync();
        await ToB.DisposeAsync();
    }

    private static string Door(Node node) => node.In("door");
}
