using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Client.Cluster;

/// <summary>What comes from the nodes' journals.</summary>
/// <param name="Node">The node.</param>
/// <param name="Position">
/// Where its stream stands now: remember it by node, and give it to <see cref="VmCluster.EventsAsync"/> to go on behind.
/// </param>
public abstract record ClusterEvent(string Node, long Position)
{
    /// <summary>Something has happened.</summary>
    /// <param name="Node">Where.</param>
    /// <param name="Event">What.</param>
    public sealed record Happened(string Node, VmEvent Event) : ClusterEvent(Node, Event.Position);

    /// <summary>
    /// The node's journal ends before the position that was reached: it was restored from a backup, so what was read of it
    /// before may never have been. The stream goes on behind its present end; read the views again.
    /// </summary>
    /// <param name="Node">The node.</param>
    /// <param name="After">The position that was reached.</param>
    /// <param name="Position">Behind which the stream goes on.</param>
    public sealed record Lost(string Node, long After, long Position) : ClusterEvent(Node, Position);
}
