using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;
using VmSupervisor.TestKit;

namespace VmSupervisor.Supervisor.Tests.Vms;

/// <summary>Commands that reach no VM (ADR 8).</summary>
public sealed class UnknownVmTests
{
    [Fact]
    public void A_command_for_a_vm_that_is_not_there_becomes_no_operation_and_its_id_stays_free()
    {
        var node = new SimulatedNode(1);
        var vm = new VmId(104);
        var id = OperationId.Parse("op-early");

        var refused = Start();
        Assert.Equal((OperationStatus.Refused, ProblemKind.NotFound), (refused.Status, refused.Problem!.Kind));
        Assert.Null(node.Dispatcher.Run(node.Dispatcher.Start(() => node.Supervisor.FindOperationAsync(id))));
        Assert.Equal(ProblemKind.NotFound, Start().Problem!.Kind);

        node.Define(104);
        Assert.Equal(OperationStatus.Running, Start().Status);
        node.RunUntil(() => node.View(vm).State == "Running");
        Assert.Equal(OperationStatus.Succeeded, Start().Status);
        Assert.Single(node.Hypervisor.Processes);

        OperationView Start() => node.Dispatcher.Run(node.Dispatcher.Start(() => node.Supervisor.SubmitAsync(vm, new VmCommand.Start(), id, new Caller("a person"))));
    }
}
