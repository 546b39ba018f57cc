using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;

namespace VmSupervisor.TestKit;

/// <summary>
/// Watches a simulated node for what must hold whatever happens: by what the world sees, and by what becomes durable.
/// </summary>
/// <remarks>
/// What is seen is kept: an exception in the middle of a run would be taken for trouble of the host, and be retried.
/// </remarks>
internal sealed partial class Invariants
{
    private readonly SimulatedNode _node;
    private readonly List<Violation> _found = [];
    private readonly DurableStates _durable;
    private readonly Dictionary<(VmId Vm, Incarnation Incarnation), Life> _begun = [];
    private readonly HashSet<(VmId, Incarnation)> _closed = [];
    private readonly HashSet<(VmId, Incarnation)> _untidy = [];
    private readonly HashSet<(VmId, Incarnation)> _launched = [];
    private readonly HashSet<OperationId> _ended = [];
    private readonly HashSet<OperationView> _unrecorded = new(ReferenceEqualityComparer.Instance);
    private readonly List<(OperationId Id, Task<OperationView> Answer)> _asked = [];
    private readonly List<(VmId Vm, OperationId Id, Task<OperationView> Answer)> _unanswered = [];
    private SimulatedProcess[] _outliving = [];
    private long _position;

    public Invariants(SimulatedNode node, Limits limits)
    {
        _node = node;
        _durable = new DurableStates(limits);
        node.Dispatcher.OnStep += _ => Look();
        node.Hypervisor.OnSpawn += (process, _) => Spawned(process);
        node.Hypervisor.OnEnd += Ending;
        node.Hooks.OnRun += request => Caused(request.Vm, request.Incarnation, DurableStates.Hooks(request.Phase));
        node.Resources.OnAcquire += Acquiring;
        node.Resources.OnRelease += Releasing;
    }

    /// <summary>Everything that was seen and must not be, in order.</summary>
    public IReadOnlyList<Violation> Found => _found;

    /// <summary>The same in words.</summary>
    public IReadOnlyList<string> Violations => [.. _found.Select(f => f.ToString())];

    /// <summary>The commands so far whose answers are judged.</summary>
    public IReadOnlyList<OperationId> Operations => [.. _asked.Select(a => a.Id)];

    /// <summary>What a VM is by what is durable.</summary>
    public VmState Durable(VmId vm)
    {
        ReadJournal();
        return _durable.Of(vm);
    }

    /// <summary>Remembers a command, so that its answer can be judged.</summary>
    public void Asked(VmId vm, string operation, Task<OperationView> answer)
    {
        var id = OperationId.Parse(operation);
        _asked.Add((id, answer));
        _unanswered.Add((vm, id, answer));
    }

    /// <summary>Something that only whoever drives the node can see.</summary>
    public void Check(bool holds, Invariant invariant, string otherwise)
    {
        if (!holds)
            _found.Add(new Violation(invariant, otherwise));
    }

    private void Look()
    {
        ReadJournal();
        for (var i = _unanswered.Count - 1; i >= 0; i--)
        {
            var (vm, id, answer) = _unanswered[i];
            if (!answer.IsCompleted)
                continue;
            _unanswered.RemoveAt(i);
            if (answer.IsCompletedSuccessfully)
                JudgeFirstAnswer(vm, id, answer.Result);
        }
    }

    private void ReadJournal()
    {
        if (_node.Position == _position)
            return;
        foreach (var journaled in _node.JournaledAfter(_position))
        {
            _position = journaled.Position;
            Journaled(journaled.Vm, journaled.Event);
        }
    }

    private void Began(VmId vm, Life life)
    {
        var who = $"vm {vm} incarnation {life.Number}";
        var open = _begun.Keys.Where(b => b.Vm == vm && !_closed.Contains(b)).ToArray();
        Check(open.Length == 0, Invariant.OneCleanup, $"{who}: it began before {string.Join(' ', open)} was cleaned up");
        Check(_begun.TryAdd((vm, life.Number), life), Invariant.OneCleanup, $"{who}: it began twice");
    }

    private void Journaled(VmId vm, Event journaled)
    {
        Check(_durable.Take(vm, journaled), Invariant.LateNewsIsHarmless, $"vm {vm}: {journaled} is about another life than the VM has");
        switch (journaled)
        {
            case Event.StartAccepted start:
                Began(vm, start.Life);
                break;
            case Event.ReceiveAccepted received:
                Began(vm, received.Life);
                break;
            case Event.Launched launched:
                _launched.Add((vm, launched.Incarnation));
                break;
            case Event.KeptReleaseAccepted release:
                // The life is closed; its volumes are given back, which closes it once more.
                Check(
                    _closed.Remove((vm, release.Incarnation)), Invariant.OneCleanup,
                    $"vm {vm} incarnation {release.Incarnation}: its volumes are given back before its cleanup");
                _untidy.Add((vm, release.Incarnation));
                break;
            case Event.CleanedUp cleaned:
                CleanedUp(vm, cleaned);
                break;
            case Event.OperationEnded ended:
                Check(_ended.Add(ended.Operation.Id), Invariant.EveryOperationEnds, $"vm {vm}: operation {ended.Operation.Id} ended twice");
                break;
        }
    }
}
