using VmSupervisor.Client;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>Asking again with the same operation id gives the same answer and does nothing twice, whichever daemon is asked.</summary>
[Trait("Category", "Qemu")]
public sealed class OperationTests
{
    [Fact(Timeout = Limits.Test)]
    public Task The_same_operation_id_gives_the_same_answer_after_a_restart_and_does_nothing_twice() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(1).WithHook(node));
        var started = await node.DoAsync(1, new VmCommand.Start(), "the-start");
        await node.DoAsync(1, new VmCommand.Stop(), "the-stop");
        var entries = (await node.HistoryAsync(1)).Count;

        Assert.Equal(started, await node.DoAsync(1, new VmCommand.Start(), "the-start"));
        await node.RestartDaemonAsync();
        Assert.Equal(started, await node.DoAsync(1, new VmCommand.Start(), "the-start"));
        Assert.Equal(started, await node.Client.OperationAsync(OperationId.Parse("the-start")));

        Assert.Equal("CleanedUp", (await node.ShowAsync(1)).State);
        Assert.Empty(node.World.Processes());
        Assert.Equal(entries, (await node.HistoryAsync(1)).Count);
        var refused = (await node.CliAsync("stop", "1", "--operation", "the-start")).Expect(4);
        Assert.Contains("'the-start' was used for start of vm 1", refused.OneError);
        var other = (await node.CliAsync("start", "1", "--paused", "--operation", "the-start")).Expect(4);
        Assert.Contains("the-start", other.OneError);
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_failure_too_is_remembered_under_its_operation_id() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(1) with { QemuArgs = ["-no-such-option"] });
        var first = await Assert.ThrowsAsync<VmsupException>(() => node.DoAsync(1, new VmCommand.Start(), "fails"));
        await node.DefineAsync(Definitions.Nano(1));
        await node.RestartDaemonAsync();

        var again = await Assert.ThrowsAsync<VmsupException>(() => node.DoAsync(1, new VmCommand.Start(), "fails"));

        Assert.Equal(first.Message, again.Message);
        Assert.Equal(first.Operation, again.Operation);
        Assert.Equal("CleanedUp", (await node.ShowAsync(1)).State);
    });
}
