using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Remoting;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Client.Cluster;

/// <summary>
/// The VMs of several nodes, wherever they live. Keeps a connection with every node, connects again when one breaks, and asks again
/// what had no answer, with the same operation id, so that it takes effect at most once. Safe for use by several threads. Ids and
/// names of VMs are taken to be unique among the nodes.
/// </summary>
public sealed class VmCluster : IAsyncDisposable
{
    private readonly Dictionary<string, NodeLink> nodes;

    private VmCluster(VmClusterOptions options)
    {
        Options = options;
        var seed = options.Seed ?? BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(sizeof(ulong)));
        nodes = options.Nodes.ToDictionary(
            node => node.Key, node => new NodeLink(node.Key, node.Value, options, unchecked(seed += 0xD1B54A32D192ED03)), StringComparer.Ordinal);
        Whereabouts = new VmWhereabouts(nodes, options);
    }

    /// <summary>The nodes and how it stands with each, by name.</summary>
    public IReadOnlyList<ClusterNode> Nodes => [.. nodes.Values.Select(node => node.View).OrderBy(node => node.Name, StringComparer.Ordinal)];

    internal VmClusterOptions Options { get; }

    internal VmWhereabouts Whereabouts { get; }

    internal IReadOnlyDictionary<string, NodeLink> Links => nodes;

    /// <summary>Connects. Returns when every node has answered or its first attempt has failed; those go on being tried.</summary>
    /// <param name="options">The nodes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="VmsupException">No node can be reached, or none lets this client in.</exception>
    public static async Task<VmCluster> ConnectAsync(VmClusterOptions options, CancellationToken cancellationToken = default)
    {
        if (options.Nodes.Count == 0)
            throw new ArgumentException("allowed is at least one node", nameof(options));
        var cluster = new VmCluster(options);
        try
        {
            await Task.WhenAll(cluster.nodes.Values.Select(node => node.FirstAttempt)).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (cluster.nodes.Values.All(node => node.Refusal is not null) && cluster.nodes.Values.First().Refusal is { } why)
                throw why;
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A VM by its number. Nothing is asked yet.</summary>
    public VmRef Vm(int id) => VmId.TryParse(id.ToString(System.Globalization.CultureInfo.InvariantCulture), out var vm)
        ? new VmRef(this, vm)
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"a VM's id is a number from 1 to {VmId.MaxValue}");

    /// <inheritdoc cref="Vm(int)"/>
    public VmRef Vm(VmId id) => new(this, id);

    /// <summary>A VM by its name, or its number in decimal. Nothing is asked yet.</summary>
    public VmRef Vm(string idOrName) => new(this, new VmReference(idOrName));

    /// <summary>All VMs, each from the node that it lives on, and the nodes of which nothing is known.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<ClusterVms> ListAsync(CancellationToken cancellationToken = default)
    {
        var lists = await Task.WhenAll(nodes.Values.Select(node => ListAsync(node, cancellationToken))).ConfigureAwait(false);
        foreach (var view in lists.SelectMany(list => list.Vms ?? []).Where(view => view.Home is null))
            Whereabouts.Saw(view.Id, view.Node);
        return new(
            lists.SelectMany(list => list.Vms ?? []).Where(view => view.Home is null).OrderBy(view => view.Id).ToValueList(),
            lists.Where(list => list.Vms is null).Select(list => list.Node).Order(StringComparer.Ordinal).ToValueList());
    }

    /// <summary>The newest position of every node's journal, to give to <see cref="EventsAsync"/> before doing what is to be followed.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VmsupException">A node does not answer.</exception>
    public async Task<IReadOnlyDictionary<string, long>> PositionsAsync(CancellationToken cancellationToken = default)
    {
        var positions = await Task.WhenAll(nodes.Values.Select(async node => (
            node.Name,
            (await node.CallAsync<ListRequest, ListResult>(
                RemotingProtocol.List, _ => new ListRequest(), Options.AnswerTimeout, cancellationToken).ConfigureAwait(false)).Position))).ConfigureAwait(false);
        return positions.ToDictionary(position => position.Name, position => position.Position);
    }

    /// <summary>
    /// What happens on all nodes: each node's events in the order of its journal, without a gap and without a repetition, also
    /// across broken connections and restarts. A node that cannot be reached holds up no other.
    /// </summary>
    /// <param name="after">
    /// By node the position after which to begin: that of the last event of it that was dealt with. A node that is not in it is
    /// followed from when it is first reached.
    /// </param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<ClusterEvent> EventsAsync(IReadOnlyDictionary<string, long>? after = null, CancellationToken cancellationToken = default) =>
        ClusterEvents.ReadAsync(this, null, after, cancellationToken);

    /// <summary>Leaves. What was accepted goes on.</summary>
    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(nodes.Values.Select(node => node.DisposeAsync().AsTask())).ConfigureAwait(false);

    private async Task<(string Node, ValueList<VmView>? Vms)> ListAsync(NodeLink node, CancellationToken cancellationToken)
    {
        try
        {
            var list = await node.CallAsync<ListRequest, ListResult>(
                RemotingProtocol.List, _ => new ListRequest(), Options.LookTimeout, cancellationToken).ConfigureAwait(false);
            return (node.Name, list.Vms);
        }
        catch (VmsupException e) when (e.Kind is ProblemKind.Unavailable or ProblemKind.TimedOut)
        {
            return (node.Name, null);
        }
    }
}
