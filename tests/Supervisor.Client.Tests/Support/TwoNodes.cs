using VmSupervisor.Client.Cluster;

namespace VmSupervisor.Client.Tests.Support;

/// <summary>Nodes a and b, each behind a host of its own, and a client of both.</summary>
internal sealed class TwoNodes : IAsyncDisposable
{
    private TwoNodes(LiveNode a, LiveNode b, TestHost hostA, TestHost hostB, VmCluster cluster) =>
        (A, B, HostA, HostB, Cluster) = (a, b, hostA, hostB, cluster);

    public LiveNode A { get; }

    public LiveNode B { get; }

    public TestHost HostA { get; }

    public TestHost HostB { get; }

    public VmCluster Cluster { get; }

    public static async Task<TwoNodes> StartAsync()
    {
        var (a, b) = (new LiveNode("a"), new LiveNode("b", seed: 2));
        var (hostA, hostB) = (await TestHost.StartAsync(a), await TestHost.StartAsync(b));
        return new(a, b, hostA, hostB, await Clusters.ConnectAsync(("a", hostA.Socket), ("b", hostB.Socket)));
    }

    /// <summary>Another client.</summary>
    public Task<VmCluster> ConnectAsync(Func<VmClusterOptions, VmClusterOptions>? change = null)
    {
        var options = Clusters.Options(("a", HostA.Socket), ("b", HostB.Socket));
        return VmCluster.ConnectAsync(change?.Invoke(options) ?? options);
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        await HostA.DisposeAsync();
        await HostB.DisposeAsync();
        A.Dispose();
        B.Dispose();
    }
}
