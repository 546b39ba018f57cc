using VmSupervisor.Migration.Connections;

namespace VmSupervisor.TestKit.Peers;

/// <summary>
/// A network within the process, in virtual time when its nodes are: nodes join and leave, lines between two of them are cut
/// or go silent. Everything runs on the synchronization context of who joins.
/// </summary>
internal sealed class SimulatedPeerNetwork
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (PeerTable Peers, CancellationToken Stopping)> _nodes = [];
    private readonly HashSet<(string, string)> _cut = [];
    private readonly List<SimulatedChannel> _channels = [];

    /// <summary>How one node reaches the others.</summary>
    public IPeerTransport TransportOf(string node) => new Transport(this, node);

    /// <summary>A node can be reached from now on, until its token says stop.</summary>
    public void Join(string node, PeerTable peers, CancellationToken stopping)
    {
        lock (_lock)
            _nodes[node] = (peers, stopping);
    }

    /// <summary>A node's process is killed: nobody is told, its connections break.</summary>
    public void Kill(string node)
    {
        lock (_lock)
            _nodes.Remove(node);
        foreach (var channel in Channels(c => c.From == node || c.To == node))
            channel.Break($"{node} was killed");
    }

    /// <summary>Breaks what is there between two nodes, and refuses what is new until <see cref="Mend"/>.</summary>
    public void Cut(string one, string other)
    {
        lock (_lock)
            _cut.UnionWith([(one, other), (other, one)]);
        foreach (var channel in Channels(c => (c.From == one && c.To == other) || (c.From == other && c.To == one)))
            channel.Break("the line is cut");
    }

    public void Mend(string one, string other)
    {
        lock (_lock)
            _cut.ExceptWith([(one, other), (other, one)]);
    }

    /// <summary>What a node has dialed to another goes silent in both directions, and nobody is told: a black hole.</summary>
    public void Silence(string from, string to)
    {
        foreach (var channel in Channels(c => c.From == from && c.To == to))
            channel.Silent = true;
    }

    private SimulatedChannel[] Channels(Func<SimulatedChannel, bool> which)
    {
        lock (_lock)
            return [.. _channels.Where(which)];
    }

    private (PeerTable Peers, CancellationToken Stopping) Reach(string from, string to)
    {
        lock (_lock)
        {
            return !_cut.Contains((from, to)) && _nodes.TryGetValue(to, out var node) && !node.Stopping.IsCancellationRequested
                ? node
                : throw new PeerChannelException($"nobody answers for {to}");
        }
    }

    private sealed class Transport(SimulatedPeerNetwork network, string from) : IPeerTransport
    {
        public Task<IPeerChannel> DialAsync(string peer, CancellationToken cancellationToken)
        {
            try
            {
                var node = network.Reach(from, peer);
                var channel = new SimulatedChannel(from, peer);
                lock (network._lock)
                {
                    network._channels.RemoveAll(c => c.IsBroken);
                    network._channels.Add(channel);
                }

                _ = node.Peers.AcceptAsync(channel.Accepted, from, "the simulated network", node.Stopping);
                return Task.FromResult(channel.Dialed);
            }
            catch (PeerChannelException e)
            {
                return Task.FromException<IPeerChannel>(e);
            }
        }

        public Task<Stream> OpenStreamAsync(string peer, string session, string name, CancellationToken cancellationToken)
        {
            try
            {
                var node = network.Reach(from, peer);
                if (node.Peers.WhyNoStream(from, session, name) is { } why)
                    throw new PeerChannelException(why);
                var (here, there) = SimulatedStream.Pair();
                _ = node.Peers.AcceptStreamAsync(from, session, name, there);
                return Task.FromResult<Stream>(here);
            }
            catch (PeerChannelException e)
            {
                return Task.FromException<Stream>(e);
            }
        }
    }
}
