using System.Globalization;
using VmSupervisor.TestKit;

namespace VmSupervisor.Simulation.Playing;

/// <summary>A run in lines, with the time of each: what is done, what becomes durable, which hooks begin.</summary>
internal sealed class Story
{
    private readonly SimulatedNode _node;
    private readonly Action<string> _tell;
    private long _position;
    private int _hooks;
    private int _violations;

    public Story(SimulatedNode node, Action<string> tell)
    {
        _node = node;
        _tell = tell;
        node.Dispatcher.OnStep += _ => Look();
        node.Resources.OnAcquire += (key, step) => Tell($"    vm {key.Vm} incarnation {key.Incarnation} acquires {step.Name}");
        node.Resources.OnRelease += (key, step) => Tell($"    vm {key.Vm} incarnation {key.Incarnation} releases {step.Name}");
        node.Hypervisor.OnSpawn += (process, _) => Tell($"    vm {process.Vm} incarnation {process.Incarnation} is spawned");
    }

    public void Tell(string line) => _tell(string.Create(CultureInfo.InvariantCulture, $"{_node.Dispatcher.Time.Elapsed.TotalMilliseconds,10:0.0} ms, step {_node.Dispatcher.Steps,6}  {line}"));

    private void Look()
    {
        foreach (var journaled in _node.JournaledAfter(_position))
        {
            _position = journaled.Position;
            Tell($"  vm {journaled.Vm} {journaled.Version}: {journaled.Event}");
        }

        for (; _hooks < _node.Hooks.Log.Count; _hooks++)
            Tell($"    hook {_node.Hooks.Log[_hooks]}");
        for (; _violations < _node.Invariants.Found.Count; _violations++)
            Tell($"!!! {_node.Invariants.Found[_violations]}");
    }
}
