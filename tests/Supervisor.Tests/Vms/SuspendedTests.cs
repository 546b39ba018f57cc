using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;
using VmSupervisor.TestKit;

namespace VmSupervisor.Supervisor.Tests.Vms;

/// <summary>The cleanup of a life whose memory is in a file, on a whole node in virtual time.</summary>
public sealed class SuspendedTests
{
    [Fact]
    public void What_its_images_are_like_cannot_be_noted_and_all_else_is_given_back_meanwhile()
    {
        var node = new SimulatedNode(seed: 1);
        var vm = node.Define(1);
        node.Do(vm, new VmCommand.Start());
        node.Memory.NoteFails = "no space left on device";
        var suspend = node.Submit(vm, new VmCommand.SuspendToDisk(), "the-suspend");
        node.RunUntil(() => node.View(vm).Problems.Count > 0);

        Assert.Contains("saved-memory could not be released: no space left on device", Assert.Single(node.View(vm).Problems), StringComparison.Ordinal);
        Assert.Equal("Stopping", node.View(vm).State);
        Assert.Empty(node.Resources.Held);

        node.Memory.NoteFails = null;
        node.RunUntil(() => node.View(vm).State == "CleanedUp");
        Assert.Equal("hibernated", node.View(vm).Cause);
        var ended = node.Dispatcher.Run(node.Dispatcher.Start(() => node.Supervisor.FindOperationAsync(suspend.Result.Id)));
        Assert.Equal(OperationStatus.Succeeded, ended?.Status);
        node.Invariants.JudgeAtRest();
        Assert.Empty(node.Invariants.Violations);
    }
}
