using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;

namespace VmSupervisor.TestKit;

/// <summary>What is judged when an answer comes, and when nothing is under way.</summary>
internal sealed partial class Invariants
{
    /// <summary>When nothing is under way: hooks balance, and what was acknowledged has ended and says the same again.</summary>
    public void JudgeAtRest()
    {
        Look();
        foreach (var life in _node.Hooks.Log.GroupBy(h => (h.Vm, h.Incarnation)))
            JudgeHooks(life.Key.Vm, life.Key.Incarnation, [.. life.Select(h => h.Phase)]);
        foreach (var vm in _node.Hooks.Log.GroupBy(h => h.Vm))
        {
            var order = vm.Select(h => h.Incarnation).ToArray();
            Check(
                order.SequenceEqual(order.Order()), Invariant.HooksBalance,
                $"vm {vm.Key}: hooks of one life ran between those of another: {string.Join(' ', order)}");
        }

        foreach (var (id, answer) in _asked.Where(a => a.Answer.IsCompletedSuccessfully))
            JudgeAnswer(id, answer.Result);
    }

    /// <summary>When every VM has been stopped: nothing of any is left.</summary>
    public void JudgeAtEnd()
    {
        JudgeAtRest();
        foreach (var process in _node.Hypervisor.Living)
            Check(false, Invariant.NothingUnowned, $"vm {process.Vm} incarnation {process.Incarnation}: process {process.Identity.Pid} is left");
        foreach (var (vm, step) in _node.Resources.Held)
            Check(false, Invariant.NothingUnowned, $"vm {vm}: {step} is left");
        foreach (var (vm, incarnation) in _begun.Keys.Except(_closed))
            Check(false, Invariant.OneCleanup, $"vm {vm} incarnation {incarnation}: it was never cleaned up");
    }

    private void JudgeHooks(VmId vm, Incarnation incarnation, HookPhase[] phases)
    {
        var told = $"vm {vm} incarnation {incarnation}: {string.Join(", ", phases)}";
        Check(
            phases.Distinct().SequenceEqual(phases.Order()) && phases.SequenceEqual(phases.Order()), Invariant.HooksBalance,
            $"{told}: each at most once, in order");
        if (_closed.Contains((vm, incarnation)))
        {
            Check(
                phases.Contains(HookPhase.PreStart) == phases.Contains(HookPhase.PostStop), Invariant.HooksBalance,
                $"{told}: pre-start and post-stop do not balance");
        }
    }

    /// <summary>
    /// The answer has just come: what it says is durable by now. A refusal changes nothing; one that could not be
    /// recorded, or that came from before the VM, binds nobody later.
    /// </summary>
    private void JudgeFirstAnswer(VmId vm, OperationId id, OperationView answer)
    {
        if (answer.Status == OperationStatus.Refused)
        {
            if (!_node.IsAnswered(id))
                _unrecorded.Add(answer);
            return;
        }

        var pending = _durable.Of(vm).Operations.Any(o => o.Id == id);
        Check(
            _ended.Contains(id) || (pending && !answer.Ended), Invariant.DurableBeforeVisible,
            $"operation {id} of vm {vm} is answered '{answer.Status}', and that is not in the journal");
    }

    private void JudgeAnswer(OperationId id, OperationView first)
    {
        if (first.Problem?.Kind is ProblemKind.Unavailable || _unrecorded.Contains(first))
            return;
        var now = _node.Dispatcher.Run(_node.Dispatcher.Start(() => _node.Supervisor.FindOperationAsync(id)));
        if (now is null)
            Check(false, Invariant.DurableBeforeVisible, $"operation {id} was answered '{first.Status}' ({first.Problem?.Detail}) and is forgotten");
        else if (first.Ended)
            Check(first == now || first.Problem?.Kind == ProblemKind.Conflict, Invariant.EveryOperationEnds, $"operation {id} was answered '{first.Status}' at first and '{now.Status}' later");
        else
            Check(now.Ended, Invariant.EveryOperationEnds, $"operation {id} was accepted and does not end");
    }
}
