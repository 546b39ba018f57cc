using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Hooks;
using VmSupervisor.Scenarios.Tests.Playing;
using VmSupervisor.TestKit;
using VmSupervisor.Vms.Views;

namespace VmSupervisor.Scenarios.Tests.Simulated;

/// <summary>
/// Looks past the supervisor, without a step of the dispatcher: so a line can act after an event is durable and before
/// anybody has acted on it.
/// </summary>
internal sealed class SimulatedFacts(SimulatedNode node, string directory) : IFacts
{
    private readonly Dictionary<VmId, List<HistoryEntry>> _journals = [];
    private readonly HashSet<OperationId> _ended = [];
    private long _position;

    public IReadOnlyList<HookFact> Hooks =>
        [.. node.Hooks.Log.Select(h => new HookFact(
            h.Vm, h.Incarnation.Value, h.Phase.Spell(), h.Cause, node.Hooks.Ended.Exists(e => (e.Vm, e.Incarnation, e.Phase) == (h.Vm, h.Incarnation, h.Phase))))];

    public IReadOnlyList<(VmId Vm, long Incarnation)> Processes =>
        [.. node.Hypervisor.Living.Where(p => !p.IsHelper).Select(p => (p.Vm, p.Incarnation.Value))];

    public IReadOnlyList<string> Files =>
    [
        .. node.Backups.Complete.Select(Name),
        .. node.Backups.Partial.Select(Name).Select(FileLines.Unfinished),
        .. node.Memory.Files.Select(f => FileLines.Memory(Path.GetFileName(f))),
    ];

    public VmView? View(VmId vm) => node.Supervisor.Find(vm.ToString());

    public IReadOnlyList<HistoryEntry> Journal(VmId vm)
    {
        Read();
        return _journals.TryGetValue(vm, out var journal) ? journal : [];
    }

    public bool HasEnded(OperationId operation)
    {
        Read();
        return _ended.Contains(operation);
    }

    private string Name(string path) => Path.GetRelativePath(directory, path);

    private void Read()
    {
        if (node.Position == _position)
            return;
        foreach (var journaled in node.JournaledAfter(_position))
        {
            _position = journaled.Position;
            if (!_journals.TryGetValue(journaled.Vm, out var journal))
                _journals[journaled.Vm] = journal = [];
            journal.Add(HistoryEntries.Of(journaled.Event, journaled.Version));
            if (journaled.Event is Event.OperationEnded ended)
                _ended.Add(ended.Operation.Id);
        }
    }
}
