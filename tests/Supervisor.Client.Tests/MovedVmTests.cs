using VmSupervisor.Client.Cluster;
using VmSupervisor.Client.Tests.Support;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Client.Tests;

/// <summary>The directory heals, and what is asked for travels: in front of supervisors that do what the test says.</summary>
public sealed class MovedVmTests
{
    private static readonly VmView Here = FakeSupervisor.View(104, "web-1", "Running");
    private static readonly VmView MovedToB = FakeSupervisor.View(104, "web-1", "CleanedUp") with { Home = "b" };

    [Fact(Timeout = 60_000)]
    public async Task A_vm_that_has_moved_is_followed_with_the_same_operation()
    {
        await using var two = await StartAsync();
        two.A.Show(Here);
        Assert.Equal("a", (await two.Cluster.Vm(104).ViewAsync()).Node);

        // Since then it has moved.
        two.A.Show(MovedToB);
        two.A.Outcome = running => running with { Status = OperationStatus.Refused, Problem = new(ProblemKind.Conflict, "vm 104: start refused: it was moved to node b") };
        two.B.Show(Here with { Node = "b" });
        two.B.Outcome = running => running with { Status = OperationStatus.Succeeded };
        await two.Cluster.Vm(104).RunAsync(new VmCommand.Start());
        await two.Cluster.Vm(104).RunAsync(new VmCommand.Stop());

        var atA = Assert.Single(two.A.Submitted);
        Assert.Equal(["start", "stop"], two.B.Submitted.Select(submitted => submitted.Command.Kind));
        Assert.Equal(atA.Operation, two.B.Submitted.First().Operation);
        Assert.Equal("b", (await two.Cluster.Vm(104).ViewAsync()).Node);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_vm_that_is_not_where_it_was_is_looked_for()
    {
        await using var two = await StartAsync();
        two.A.Show(Here);
        await two.Cluster.Vm("web-1").ViewAsync();
        two.A.Show();
        two.B.Show(Here with { Node = "b" });

        Assert.Equal("b", (await two.Cluster.Vm("web-1").ViewAsync()).Node);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_home_that_the_client_does_not_know_is_named()
    {
        await using var two = await StartAsync();
        two.A.Show(MovedToB with { Home = "c" });

        var unknown = await Assert.ThrowsAsync<VmsupException>(() => two.Cluster.Vm(104).ViewAsync());

        Assert.Equal(("c", ProblemKind.Unavailable), (unknown.Home, unknown.Kind));
    }

    [Fact(Timeout = 60_000)]
    public async Task Whoever_watches_is_told_of_the_move_and_goes_along()
    {
        await using var two = await StartAsync();
        two.A.Show(Here);
        await using var news = two.Cluster.Vm(104).WatchAsync().GetAsyncEnumerator();
        Assert.Equal(VmStanding.Here, (await news.NextAsync()).Standing);

        two.B.Show(Here with { Node = "b" });
        two.A.Show(MovedToB);

        Assert.Equal((VmStanding.Moved, "a", "b"), await news.NextAsync() is var moved ? (moved.Standing, moved.Node, moved.Home) : default);
        Assert.Equal((VmStanding.Here, "b"), await news.NextAsync() is var there ? (there.Standing, there.Node) : default);
        two.B.Show();
        Assert.Equal((VmStanding.Gone, "b"), await news.NextAsync() is var gone ? (gone.Standing, gone.Node) : default);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_deadline_travels_and_the_operation_goes_on()
    {
        await using var two = await StartAsync();
        two.A.Show(Here);

        var late = await Assert.ThrowsAsync<VmsupException>(() => two.Cluster.Vm(104).RunAsync(
            new VmCommand.Stop(), new AskOptions { Operation = OperationId.Parse("op-1"), Deadline = TimeSpan.FromMilliseconds(100) }));

        Assert.Equal(ProblemKind.TimedOut, late.Kind);
        await two.A.WaitCancelled;
        Assert.Single(two.A.Operations());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_cancellation_travels_and_the_operation_goes_on()
    {
        await using var two = await StartAsync();
        two.A.Show(Here);
        using var enough = new CancellationTokenSource();

        var asked = two.Cluster.Vm(104).RunAsync(new VmCommand.Stop(), null, enough.Token);
        await two.A.WaitBegan;
        await enough.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await two.A.WaitCancelled;
        Assert.Single(two.A.Operations());
    }

    private static async Task<Fakes> StartAsync()
    {
        var a = new FakeSupervisor();
        var b = new FakeSupervisor();
        b.Node = b.Node with { Name = "b" };
        var (hostA, hostB) = (await TestHost.StartAsync(a), await TestHost.StartAsync(b));
        return new(a, b, hostA, hostB, await Clusters.ConnectAsync(("a", hostA.Socket), ("b", hostB.Socket)));
    }

    private sealed record Fakes(FakeSupervisor A, FakeSupervisor B, TestHost HostA, TestHost HostB, VmCluster Cluster) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Cluster.DisposeAsync();
            await HostA.DisposeAsync();
            await HostB.DisposeAsync();
        }
    }
}
