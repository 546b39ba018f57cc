using VmSupervisor.Client.Cluster;
using VmSupervisor.Client.Tests.Support;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.TestKit;

namespace VmSupervisor.Client.Tests;

/// <summary>Connections that are cut in the middle of anything, as a seed decides: counted in the nodes' journals.</summary>
public sealed class DisconnectTests
{
    private const int Rounds = 12;

    [Theory(Timeout = 120_000)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_operation_takes_effect_exactly_once_and_every_event_comes_exactly_once(int seed)
    {
        await using var two = await TwoNodes.StartAsync();
        for (var vm = 1; vm <= 4; vm++)
            await two.Cluster.DefineAsync(vm, vm % 2 == 0 ? "a" : "b");
        var before = await two.Cluster.PositionsAsync();
        await using var proxyA = new CuttingProxy(two.HostA.Socket, seed);
        await using var proxyB = new CuttingProxy(two.HostB.Socket, seed + 1000);
        await using var cluster = await Clusters.ConnectAsync(("a", proxyA.Socket), ("b", proxyB.Socket));
        using var enough = new CancellationTokenSource();
        var following = Follow(cluster, before, enough.Token);

        var given = (await Task.WhenAll(Enumerable.Range(1, 4).Select(vm => DriveAsync(cluster, vm)))).SelectMany(ids => ids).ToList();

        var after = await two.Cluster.PositionsAsync();
        proxyA.Relent();
        proxyB.Relent();
        var seen = await following(after);
        await enough.CancelAsync();

        var journal = (await two.A.JournalAsync()).Where(e => e.Position > before["a"]).Concat((await two.B.JournalAsync()).Where(e => e.Position > before["b"])).ToList();
        Assert.Equal(given.Order(), journal.Select(e => e.Event).OfType<Event.OperationEnded>().Select(e => e.Operation.Id.Value).Order());
        foreach (var vm in two.A.List().Concat(two.B.List()))
            Assert.Equal((Rounds, "CleanedUp"), (vm.Incarnation.Value, vm.State));
        foreach (var node in new[] { "a", "b" })
        {
            Assert.Equal(
                Enumerable.Range(1, (int)(after[node] - before[node])).Select(n => before[node] + n),
                seen.Where(e => e.Node == node).Select(e => e.Position));
        }

        // It was worth the trouble.
        Assert.InRange(proxyA.Connections + proxyB.Connections, 20, int.MaxValue);
    }

    private static async Task<IReadOnlyList<string>> DriveAsync(VmCluster cluster, int vm)
    {
        var given = new List<string>();
        for (var round = 1; round <= Rounds; round++)
        {
            foreach (var command in new VmCommand[] { new VmCommand.Start(), new VmCommand.Reset(), new VmCommand.Stop() })
            {
                var id = OperationId.Parse($"{vm}-{round}-{command.Kind}");
                given.Add(id.Value);
                var options = new AskOptions { Operation = id };
                var ended = round % 2 == 0
                    ? await cluster.Vm(vm).RunAsync(command, options)
                    : await cluster.Vm(vm).OperationAsync((await cluster.Vm(vm).AskAsync(command, options)).Id);
                Assert.Equal(OperationStatus.Succeeded, ended.Status);
            }
        }

        return given;
    }

    /// <summary>Follows at once; what is returned ends when the nodes' positions are reached.</summary>
    private static Func<IReadOnlyDictionary<string, long>, Task<IReadOnlyList<ClusterEvent>>> Follow(
        VmCluster cluster, IReadOnlyDictionary<string, long> after, CancellationToken cancellationToken)
    {
        var events = cluster.EventsAsync(after, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var next = events.MoveNextAsync().AsTask();
        return async upTo =>
        {
            var seen = new List<ClusterEvent>();
            while (upTo.Any(end => end.Value > after[end.Key] && seen.LastOrDefault(e => e.Node == end.Key)?.Position != end.Value))
            {
                Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(60)));
                seen.Add(events.Current);
                next = events.MoveNextAsync().AsTask();
            }

            return seen;
        };
    }
}
