using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;
using VmSupervisor.TestKit;

namespace VmSupervisor.Simulation.Playing;

/// <summary>When all faults are over: everything comes to an end, every VM can be stopped and forgotten, and nothing is left.</summary>
internal sealed class LastOrders(SimulatedNode node)
{
    private const int Attempts = 30;

    /// <summary>Longer than any limit of the supervisor's; a hook may use up its own, and a restart wait for its time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    private int _operations;

    public void Carry()
    {
        if (!Settle())
            return;
        foreach (var vm in node.Supervisor.List().Select(v => v.Id).ToArray())
        {
            // Twice: the first may join a stop that keeps the volumes active, the second gives them back.
            Do(vm, new VmCommand.Stop());
            Do(vm, new VmCommand.Stop());
            var view = node.Supervisor.Find(vm.ToString());
            node.Invariants.Check(view is null or { State: "CleanedUp" }, Invariant.AWayOut, $"vm {vm}: after a forced stop it is {view?.State}");
        }

        node.Invariants.JudgeAtEnd();
        foreach (var vm in node.Supervisor.List().Select(v => v.Id).ToArray())
            Do(vm, new VmCommand.Undefine(Force: true));
        Left("the partial copies", node.Backups.Partial);
        Left("the saved memory", node.Memory.Files);
        Left("resources", node.Resources.Held.Select(h => h.ToString()));
    }

    private bool Settle()
    {
        var settled = node.Dispatcher.RunUntil(
            () => !node.IsComingUp && node.Supervisor.Operations().Count == 0 && node.Supervisor.Node.Problems.Count == 0, Patience);
        foreach (var operation in node.Supervisor.Operations())
            node.Invariants.Check(settled, Invariant.EveryOperationEnds, $"operation {operation.Id} ({operation.Kind}) of vm {operation.Vm} does not end");
        foreach (var problem in node.Supervisor.Node.Problems)
            node.Invariants.Check(settled, Invariant.AWayOut, $"it does not come back: {problem}");
        node.Invariants.Check(settled, Invariant.AWayOut, $"the node does not come to rest within {Patience} (ready: {node.Supervisor.Node.Ready}, coming up: {node.IsComingUp})");
        return settled;
    }

    private void Do(VmId vm, VmCommand command)
    {
        for (var i = 0; i < Attempts; i++)
        {
            var answer = node.Dispatcher.Run(
                node.Dispatcher.Start(async () =>
                {
                    var view = await node.Supervisor.SubmitAsync(vm, command, OperationId.Parse($"last-{++_operations}"), new Caller("test"));
                    return view.Ended ? view : await node.Supervisor.WaitForEndAsync(view.Id) ?? view;
                }),
                Patience);
            if (answer.Status == OperationStatus.Succeeded || answer.Problem?.Kind == ProblemKind.NotFound)
                return;
            if (answer.Problem?.Kind != ProblemKind.Unavailable)
            {
                node.Invariants.Check(false, Invariant.AWayOut, $"vm {vm}: {command.Kind} is {answer.Status}: {answer.Problem?.Detail}");
                return;
            }

            node.Dispatcher.RunFor(TimeSpan.FromSeconds(1));
        }

        node.Invariants.Check(false, Invariant.AWayOut, $"vm {vm}: {command.Kind} is not answered");
    }

    private void Left(string what, IEnumerable<string> left)
    {
        var all = string.Join(' ', left);
        node.Invariants.Check(all.Length == 0, Invariant.NothingUnowned, $"{what} of no VM: {all}");
    }
}
