using System.Runtime.CompilerServices;
using System.Threading.Channels;
using VmSupervisor.Contracts;

namespace VmSupervisor.Client.Cluster;

/// <summary>The events of all nodes in one stream.</summary>
internal static class ClusterEvents
{
    public static async IAsyncEnumerable<ClusterEvent> ReadAsync(
        VmCluster cluster, VmId? vm, IReadOnlyDictionary<string, long>? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var merged = Channel.CreateBounded<ClusterEvent>(new BoundedChannelOptions(1) { SingleReader = true });
        var pumps = cluster.Links.Values.Select(link =>
        {
            var stream = new NodeEvents(link, vm, after is not null && after.TryGetValue(link.Name, out var position) ? position : null, cluster.Options);
            return PumpAsync(stream, merged.Writer, end.Token);
        }).ToArray();
        try
        {
            await foreach (var next in merged.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return next;
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(pumps).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task PumpAsync(NodeEvents stream, ChannelWriter<ClusterEvent> merged, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var next in stream.ReadAsync(cancellationToken).ConfigureAwait(false))
                await merged.WriteAsync(next, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            merged.TryComplete(e);
        }
    }
}
