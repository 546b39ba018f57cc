using VmSupervisor.Client.Cluster;
using VmSupervisor.Client.Tests.Support;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Client.Tests;

/// <summary>Two simulated nodes and one client.</summary>
public sealed class ClusterTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_vm_is_found_on_whichever_node_it_lives()
    {
        await using var two = await TwoNodes.StartAsync();
        await two.Cluster.DefineAsync(104, "b");
        await using var other = await two.ConnectAsync();

        var started = await other.Vm("vm-104").RunAsync(new VmCommand.Start());

        Assert.Equal((OperationStatus.Succeeded, 104), (started.Status, started.Vm.Value));
        Assert.Equal(("b", "Running"), (await other.Vm(104).ViewAsync() is var view ? view.Node : "", view.State));
        var all = await other.ListAsync();
        Assert.Equal(104, Assert.Single(all.Vms).Id.Value);
        Assert.Empty(all.Unreachable);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_a_node_refuses_is_an_exception_with_its_reason()
    {
        await using var two = await TwoNodes.StartAsync();
        await two.Cluster.DefineAsync(104, "a");

        Assert.Equal(ProblemKind.NotFound, (await Assert.ThrowsAsync<VmsupException>(() => two.Cluster.Vm(7).RunAsync(new VmCommand.Start()))).Kind);
        Assert.Equal(ProblemKind.NotFound, (await Assert.ThrowsAsync<VmsupException>(() => two.Cluster.Vm("nobody").ViewAsync())).Kind);
        Assert.Equal(ProblemKind.Invalid, (await Assert.ThrowsAsync<VmsupException>(() => two.Cluster.Vm(7).RunAsync(Clusters.Definition(7)))).Kind);
        var refused = await Assert.ThrowsAsync<VmsupException>(() => two.Cluster.Vm(104).RunAsync(new VmCommand.Reset()));
        Assert.Equal((ProblemKind.Conflict, OperationStatus.Refused), (refused.Kind, refused.Operation!.Status));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_ask_is_answered_when_it_is_accepted_and_a_tell_is_not()
    {
        await using var two = await TwoNodes.StartAsync();
        await two.Cluster.DefineAsync(104, "a");
        var vm = two.Cluster.Vm(104);

        var accepted = await vm.AskAsync(new VmCommand.Start(), new AskOptions { Operation = OperationId.Parse("the-start") });
        Assert.Equal("the-start", accepted.Id.Value);
        Assert.Equal(OperationStatus.Succeeded, (await vm.OperationAsync(accepted.Id)).Status);
        await using var events = vm.EventsAsync(await two.Cluster.PositionsAsync()).GetAsyncEnumerator();
        var told = await vm.TellAsync(new VmCommand.Reset());
        while (await events.NextAsync() is not ClusterEvent.Happened { Event.Entry: { Type: "operation-ended" } entry } || entry.Operation != told)
        {
        }

        Assert.Equal(OperationStatus.Succeeded, (await vm.OperationAsync(told)).Status);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_node_that_is_restarted_costs_nothing_but_time()
    {
        await using var two = await TwoNodes.StartAsync();
        await two.Cluster.DefineAsync(104, "a");
        var vm = two.Cluster.Vm(104);
        await two.HostA.StopAsync();

        // Nobody is there to take it.
        var asked = vm.RunAsync(new VmCommand.Start());
        await two.A.RestartAsync();
        await two.HostA.StartAsync();

        Assert.Equal(OperationStatus.Succeeded, (await asked).Status);
        Assert.Equal(1, (await vm.ViewAsync()).Incarnation.Value);
    }

    [Fact(Timeout = 60_000)]
    public async Task Events_go_on_after_a_restart_without_a_gap_or_a_repetition()
    {
        await using var two = await TwoNodes.StartAsync();
        await using var events = two.Cluster.EventsAsync(new Dictionary<string, long> { ["a"] = 0, ["b"] = 0 }).GetAsyncEnumerator();
        await two.Cluster.DefineAsync(104, "a");
        await two.Cluster.Vm(104).RunAsync(new VmCommand.Start());
        await two.HostA.StopAsync();
        await two.A.RestartAsync();
        await two.HostA.StartAsync();
        await two.Cluster.Vm(104).RunAsync(new VmCommand.Stop(), new AskOptions { Operation = OperationId.Parse("the-end") });

        var seen = new List<ClusterEvent>();
        while (seen is not [.., ClusterEvent.Happened { Event.Entry: { Type: "operation-ended", Operation.Value: "the-end" } }])
            seen.Add(await events.NextAsync());

        Assert.Equal(Enumerable.Range(1, seen.Count).Select(n => (long)n), seen.Select(e => e.Position));
        Assert.All(seen, e => Assert.Equal("a", e.Node));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_consumer_that_is_slower_than_the_node_misses_nothing()
    {
        await using var two = await TwoNodes.StartAsync();
        await two.Cluster.DefineAsync(104, "a");
        await using var slow = await two.ConnectAsync(options => options with { EventsHeld = 2 });
        await using var events = slow.Vm(104).EventsAsync(new Dictionary<string, long> { ["a"] = 0 }).GetAsyncEnumerator();
        Assert.Equal(1, (await events.NextAsync()).Position);

        // Nothing of it is taken meanwhile.
        await two.Cluster.Vm(104).RunAsync(new VmCommand.Start());
        for (var i = 0; i < 20; i++)
            await two.Cluster.Vm(104).RunAsync(new VmCommand.Reset());
        var newest = (await two.Cluster.PositionsAsync())["a"];

        for (var position = 2; position <= newest; position++)
            Assert.Equal(position, (await events.NextAsync()).Position);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_journal_that_ends_before_what_was_read_is_told()
    {
        await using var two = await TwoNodes.StartAsync();
        await two.Cluster.DefineAsync(104, "a");
        var newest = (await two.Cluster.PositionsAsync())["a"];
        await using var events = two.Cluster.Vm(104).EventsAsync(new Dictionary<string, long> { ["a"] = 4711 }).GetAsyncEnumerator();

        Assert.Equal(new ClusterEvent.Lost("a", 4711, newest), await events.NextAsync());
        await two.Cluster.Vm(104).RunAsync(new VmCommand.Start());
        Assert.Equal(newest + 1, (await events.NextAsync()).Position);
    }

    [Fact(Timeout = 60_000)]
    public async Task Whoever_watches_can_tell_a_vm_that_is_gone_from_a_node_that_is_unreachable()
    {
        await using var two = await TwoNodes.StartAsync();
        await two.Cluster.DefineAsync(104, "a");
        await using var news = two.Cluster.Vm("vm-104").WatchAsync().GetAsyncEnumerator();

        Assert.Equal((VmStanding.Here, "a"), Standing(await news.NextAsync()));
        await two.HostA.StopAsync();
        var unreachable = await news.NextAsync();
        Assert.Equal((VmStanding.Unreachable, "a"), Standing(unreachable));
        Assert.NotNull(unreachable.Reason);
        await two.HostA.StartAsync();
        Assert.Equal((VmStanding.Here, "a"), Standing(await news.NextAsync()));
        await two.Cluster.Vm(104).RunAsync(new VmCommand.Undefine());
        Assert.Equal((VmStanding.Gone, "a"), Standing(await news.NextAsync()));
        await two.Cluster.DefineAsync(104, "a");
        Assert.Equal((VmStanding.Here, "a"), Standing(await news.NextAsync()));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_node_that_is_down_hides_its_own_vms_only()
    {
        await using var two = await TwoNodes.StartAsync();
        await two.Cluster.DefineAsync(104, "a");
        await two.Cluster.DefineAsync(105, "b");
        await two.HostB.StopAsync();
        await using var cluster = await two.ConnectAsync(options => options with { LookTimeout = TimeSpan.FromSeconds(3) });

        Assert.Equal("a", (await cluster.Vm(104).ViewAsync()).Node);
        var missing = await Assert.ThrowsAsync<VmsupException>(() => cluster.Vm(105).ViewAsync());
        Assert.Equal(ProblemKind.Unavailable, missing.Kind);
        Assert.Equal(["b"], (await cluster.ListAsync()).Unreachable);
        Assert.Equal([true, false], cluster.Nodes.Select(node => node.Connected));
        Assert.NotNull(cluster.Nodes[1].LastError);
    }

    [Fact(Timeout = 60_000)]
    public async Task Who_reaches_no_node_or_another_one_is_told_so()
    {
        using var node = new LiveNode("a");
        await using var host = await TestHost.StartAsync(node);

        await Assert.ThrowsAsync<VmsupUnreachableException>(() => Clusters.ConnectAsync(("a", "/nowhere/vmsupd.sock")));
        var other = await Assert.ThrowsAsync<VmsupException>(() => Clusters.ConnectAsync(("c", host.Socket)));
        Assert.Contains("is node a", other.Message);
    }

    private static (VmStanding, string) Standing(VmWatchNews news) => (news.Standing, news.Node);
}
