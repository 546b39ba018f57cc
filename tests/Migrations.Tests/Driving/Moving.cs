using VmSupervisor.Client;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.Migrations.Tests.Driving;

/// <summary>One VM that moves between the nodes of an arena, and what must hold of it whatever happens.</summary>
internal sealed class Moving : IAsyncDisposable
{
    private Moving(Arena arena, int vm, Node node)
    {
        (Arena, Vm, Node) = (arena, vm, node);
        Serial = new SerialRecord(vm, arena.Nodes);
    }

    public Arena Arena { get; }

    public int Vm { get; }

    /// <summary>Where it runs.</summary>
    public Node Node { get; set; }

    public Node Other => Arena.Other(Node);

    public SerialRecord Serial { get; }

    /// <summary>Starts a guest that counts on its serial port and keeps writing to its memory.</summary>
    public static async Task<Moving> StartAsync(Arena arena, int vm, Node node, Func<VmDefinition, VmDefinition>? change = null)
    {
        var moving = new Moving(arena, vm, node);

        // One log for both nodes: the numbers of lives are one order.
        var definition = Definitions.Nano(vm, "hb_ms=20 hz=100 hb_dirty=1").WithHook(arena.A);
        await node.DefineAsync(change?.Invoke(definition) ?? definition);
        await node.StartAsync(vm);
        await moving.Serial.BeatsOnAsync();
        return moving;
    }

    /// <summary>Moves it to the other node, and looks whether it runs there and nowhere else.</summary>
    public async Task<OperationView> MoveAsync(MigrationTransport transport)
    {
        var done = await Node.DoAsync(Vm, new VmCommand.Migrate(Other.Name, transport));
        Node = Other;
        await Serial.BeatsOnAsync();
        Assert.Equal("CleanedUp", (await Other.WaitAsync(Vm, "CleanedUp")).State);
        await Eventually.TrueAsync($"vm {Vm} has left {Other.Name}", () => Copies.Of(Other, Vm).Count == 0 && Copies.RunDirectories(Arena, Vm).Count == 1);
        Assert.Equal("running", await Qmp.StatusAsync(Copies.The(Node, Vm).RunDirectory));
        Serial.AssertNoBeatIsMissingOrRepeated();
        return done;
    }

    /// <summary>Begins to move it.</summary>
    public async Task<OperationId> BeginAsync(VmCommand.Migrate migrate)
    {
        var operation = OperationId.Parse($"move-{Vm}-{Guid.NewGuid():N}");
        await Node.Client.SubmitAsync($"{Vm}", migrate, operation);
        return operation;
    }

    public static async Task<VmView?> ShowAsync(Node node, int vm)
    {
        try
        {
            return await node.ShowAsync(vm);
        }
        catch (VmsupException e) when (e.Kind == ProblemKind.NotFound)
        {
            return null;
        }
    }

    /// <summary>Until an entry is in a node's history of it.</summary>
    public Task JournaledAsync(Node node, string type, Func<HistoryEntry, bool>? matches = null) => Eventually.SeeAsync(
        $"{type} in the history of vm {Vm} at {node.Name}",
        async () => (await HistoryAsync(node)).FirstOrDefault(e => e.Type == type && matches?.Invoke(e) != false));

    public async Task<IReadOnlyList<HistoryEntry>> HistoryAsync(Node node)
    {
        try
        {
            return await node.HistoryAsync(Vm);
        }
        catch (VmsupException e) when (e.Kind == ProblemKind.NotFound)
        {
            return [];
        }
    }

    /// <summary>Ends it, and looks whether anything of it is left.</summary>
    public async Task EndAsync()
    {
        await Node.StopAsync(Vm);
        Assert.Empty(Copies.OfBoth(Arena, Vm));
        Assert.Empty(Copies.RunDirectories(Arena, Vm));
        Serial.AssertNoBeatIsMissingOrRepeated();
        AssertHooksBalance();
    }

    /// <summary>Every life that began was ended, each phase once and in order.</summary>
    public void AssertHooksBalance()
    {
        string[] order = ["pre-start", "post-start", "pre-stop", "post-stop"];
        foreach (var life in Arena.A.World.Hooks().Where(h => h.Vm == Vm).GroupBy(h => h.Incarnation))
        {
            var phases = life.Where(h => h.Word == "begin").Select(h => h.Phase).ToArray();
            Assert.True(
                phases.SequenceEqual(order.Where(phases.Contains)) && phases is ["pre-start", .., "post-stop"],
                $"hooks of vm {Vm} incarnation {life.Key}: {string.Join(", ", phases)}");
        }
    }

    public async ValueTask DisposeAsync() => await Serial.DisposeAsync();
}
