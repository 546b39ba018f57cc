using VmSupervisor.Actors.TestKit;
using VmSupervisor.Migration.Conversations;
using VmSupervisor.TestKit.Peers;

namespace VmSupervisor.TestKit;

/// <summary>What simulated nodes share: one dispatcher with its clock, the network between them, and the wire between their QEMUs.</summary>
/// <param name="dispatcher">Runs all of it.</param>
internal sealed class SimulatedSite(SteppableDispatcher dispatcher)
{
    public SteppableDispatcher Dispatcher => dispatcher;

    public SimulatedPeerNetwork Network { get; } = new();

    public SimulatedWire Wire { get; } = new();

    /// <summary>Where the nodes' QEMUs reach each other's disks.</summary>
    public SimulatedExports Exports { get; } = new();

    /// <summary>Images that all nodes have, unless a node is given its own.</summary>
    public SimulatedStorage Storage { get; } = new();

    /// <summary>How patient the nodes are with each other.</summary>
    public ConversationSettings Conversation { get; init; } = new();
}
