using VmSupervisor.Client.Cluster;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Client.Tests.Support;

internal static class Clusters
{
    /// <summary>Options that do not let a test wait.</summary>
    public static VmClusterOptions Options(params (string Node, string Socket)[] nodes) => new()
    {
        Nodes = nodes.ToDictionary(node => node.Node, node => (NodeEndpoint)new NodeEndpoint.Unix(node.Socket)),
        FirstPause = TimeSpan.FromMilliseconds(2),
        LongestPause = TimeSpan.FromMilliseconds(50),
        UnreachableAfter = TimeSpan.FromMilliseconds(20),
        Seed = 1,
    };

    public static Task<VmCluster> ConnectAsync(params (string Node, string Socket)[] nodes) => VmCluster.ConnectAsync(Options(nodes));

    public static VmCommand.Define Definition(int id) => new(new VmDefinition { Id = new VmId(id), Name = $"vm-{id}", Memory = 64 << 20 });

    public static Task DefineAsync(this VmCluster cluster, int id, string node) => cluster.Vm(id).RunAsync(Definition(id), new AskOptions { Node = node });

    /// <summary>The next one; fails when none comes.</summary>
    public static async Task<T> NextAsync<T>(this IAsyncEnumerator<T> items)
    {
        Assert.True(await items.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        return items.Current;
    }
}
