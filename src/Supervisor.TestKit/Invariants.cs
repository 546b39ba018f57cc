using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;

namespace VmSupervisor.TestKit;

/// <summary>
/// Watches a simulated node for what must hold whatever happens: by what the world sees, and by what becomes durable.
/// </summary>
/// <remarks>
/// What is seen is kept: an exception in the middle of a run would be taken for trouble of the host, and be retried.
/// </remarks>
internal sealed class Invariants
{
    private readonly SimulatedNode _node;
    private readonly List<string> _violations = [];
    private readonly Dictionary<(VmId Vm, Incarnation Incarnation), Life> _begun = [];
    private readonly HashSet<(VmId, Incarnation)> _closed = [];
    private readonly HashSet<(VmId, Incarnation)> _untidy = [];
    private readonly HashSet<(VmId, Incarnation)> _launched = [];
    private readonly HashSet<OperationId> _ended = [];
    private readonly List<(OperationId Id, Task<OperationView> Answer)> _asked = [];
    private long _position;

    public Invariants(SimulatedNode node)
    {
        _node = node;
        node.Dispatcher.OnStep += _ => ReadJournal();
        node.Hypervisor.OnSpawn += (process, _) => Spawned(process);
        node.Resources.OnAcquire += Acquiring;
        node.Resources.OnRelease += Releasing;
    }

    /// <summary>Everything that was seen and must not be, in order.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>The commands so far whose answers are judged.</summary>
    public IReadOnlyList<OperationId> Operations => [.. _asked.Select(a => a.Id)];

    /// <summary>Remembers a command, so that its answer can be judged.</summary>
    public void Asked(string operation, Task<OperationView> answer) => _asked.Add((OperationId.Parse(operation), answer));

    /// <summary>When nothing is under way: hooks balance, and what was acknowledged has ended and says the same again.</summary>
    public void JudgeAtRest()
    {
        ReadJournal();
        var lives = _node.Hooks.Log.GroupBy(h => (h.Vm, h.Incarnation));
        foreach (var life in lives)
            JudgeHooks(life.Key.Vm, life.Key.Incarnation, [.. life.Select(h => h.Phase)]);
        foreach (var vm in _node.Hooks.Log.GroupBy(h => h.Vm))
        {
            var order = vm.Select(h => h.Incarnation).ToArray();
            Check(order.SequenceEqual(order.Order()), $"vm {vm.Key}: hooks of one life ran between those of another: {string.Join(' ', order)}");
        }

        foreach (var (id, answer) in _asked.Where(a => a.Answer.IsCompletedSuccessfully))
            JudgeAnswer(id, answer.Result);
    }

    /// <summary>When every VM has been stopped: nothing of any is left.</summary>
    public void JudgeAtEnd()
    {
        JudgeAtRest();
        foreach (var process in _node.Hypervisor.Living)
            _violations.Add($"vm {process.Vm} incarnation {process.Incarnation}: process {process.Identity.Pid} is left");
        foreach (var (vm, step) in _node.Resources.Held)
            _violations.Add($"vm {vm}: {step} is left");
        foreach (var (vm, incarnation) in _begun.Keys.Except(_closed))
            _violations.Add($"vm {vm} incarnation {incarnation}: it was never cleaned up");
    }

    private void Spawned(SimulatedProcess process)
    {
        foreach (var other in _node.Hypervisor.Living.Where(p => p != process && p.Vm == process.Vm))
            _violations.Add($"vm {process.Vm}: incarnation {process.Incarnation} is spawned while one of {other.Incarnation} lives");
    }

    private void Acquiring(ProcessKey key, Step step) => Check(
        step is Step.Volume { TakeOver: true } || !_node.Resources.Holds(key.Vm, step),
        $"vm {key.Vm} incarnation {key.Incarnation}: {step.Name} is acquired while it is held");

    private void Releasing(ProcessKey key, Step step)
    {
        var who = $"vm {key.Vm} incarnation {key.Incarnation}: {step.Name} is released";
        Check(!_node.Hypervisor.Living.Any(p => p.Vm == key.Vm && p.Incarnation == key.Incarnation), $"{who} under a living process");
        Check(!_closed.Contains((key.Vm, key.Incarnation)), $"{who} after the cleanup");
    }

    private void ReadJournal()
    {
        if (_node.Position == _position)
            return;
        foreach (var journaled in _node.JournaledAfter(_position))
        {
            _position = journaled.Position;
            var vm = journaled.Vm;
            switch (journaled.Event)
            {
                case Event.StartAccepted start:
                    var open = _begun.Keys.Where(b => b.Vm == vm && !_closed.Contains(b)).ToArray();
                    Check(open.Length == 0, $"vm {vm} incarnation {start.Life.Number}: it began before {string.Join(' ', open)} was cleaned up");
                    Check(_begun.TryAdd((vm, start.Life.Number), start.Life), $"vm {vm} incarnation {start.Life.Number}: it began twice");
                    break;
                case Event.Launched launched:
                    _launched.Add((vm, launched.Incarnation));
                    break;
                case Event.ReleaseFailed failed:
                    _untidy.Add((vm, failed.Incarnation));
                    break;
                case Event.KeptReleaseAccepted release:
                    // The life is closed; its volumes are given back, which closes it once more.
                    Check(_closed.Remove((vm, release.Incarnation)), $"vm {vm} incarnation {release.Incarnation}: its volumes are given back before its cleanup");
                    _untidy.Add((vm, release.Incarnation));
                    break;
                case Event.CleanedUp cleaned:
                    CleanedUp(vm, cleaned);
                    break;
                case Event.OperationEnded ended:
                    Check(_ended.Add(ended.Operation.Id), $"vm {vm}: operation {ended.Operation.Id} ended twice");
                    break;
            }
        }
    }

    private void CleanedUp(VmId vm, Event.CleanedUp cleaned)
    {
        var life = (vm, cleaned.Incarnation);
        var who = $"vm {vm} incarnation {cleaned.Incarnation}";
        Check(_closed.Add(life), $"{who}: it was cleaned up twice");
        Check(!_node.Hypervisor.Living.Any(p => p.Vm == vm && p.Incarnation == cleaned.Incarnation), $"{who}: it is cleaned up while its process lives");
        var held = _node.Resources.Held.Where(h => h.Vm == vm).Select(h => h.Step).Order().ToArray();
        var kept = cleaned.Kept.Select(k => k.Name).Order().ToArray();

        // A start that did not come as far as its launch may not have activated all that is to be kept.
        Check(_launched.Contains(life) ? held.SequenceEqual(kept) : !held.Except(kept).Any(), $"{who}: it is cleaned up, keeping '{string.Join(' ', kept)}', and '{string.Join(' ', held)}' is held");
        if (_untidy.Contains(life))
            return;
        var released = _node.Resources.Released.Where(r => (r.Vm, r.Incarnation) == life).Select(r => r.Step).ToArray();
        var backwards = _begun[life].Plan.Select(s => s.Name).Reverse().Where(released.Contains);
        Check(released.SequenceEqual(backwards), $"{who}: it was given back in the order '{string.Join(' ', released)}', not backwards");
    }

    private void JudgeHooks(VmId vm, Incarnation incarnation, HookPhase[] phases)
    {
        var told = $"vm {vm} incarnation {incarnation}: {string.Join(", ", phases)}";
        Check(phases.Distinct().SequenceEqual(phases.Order()) && phases.SequenceEqual(phases.Order()), $"{told}: each at most once, in order");
        if (_closed.Contains((vm, incarnation)))
            Check(phases.Contains(HookPhase.PreStart) == phases.Contains(HookPhase.PostStop), $"{told}: pre-start and post-stop do not balance");
    }

    private void JudgeAnswer(OperationId id, OperationView first)
    {
        if (first.Problem?.Kind is ProblemKind.Unavailable)
            return;
        var now = _node.Dispatcher.Run(_node.Dispatcher.Start(() => _node.Supervisor.FindOperationAsync(id)));
        if (now is null)
            Check(first.Problem?.Kind is ProblemKind.NotFound or ProblemKind.Invalid, $"operation {id} was answered '{first.Status}' and is forgotten");
        else if (first.Ended)
            Check(first == now || first.Problem?.Kind == ProblemKind.Conflict, $"operation {id} was answered '{first.Status}' at first and '{now.Status}' later");
        else
            Check(now.Ended, $"operation {id} was accepted and does not end");
    }

    private void Check(bool holds, string otherwise)
    {
        if (!holds)
            _violations.Add(otherwise);
    }
}
