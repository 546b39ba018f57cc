using System.Text;
using VmSupervisor.Contracts;
using VmSupervisor.TestKit;

namespace VmSupervisor.Simulation.Playing;

/// <summary>A fingerprint of a run, the same in every process: FNV-1a over what ran when, what is durable, and what the world saw.</summary>
internal sealed class Trace
{
    private const ulong Prime = 0x100000001B3;

    private readonly SimulatedNode _node;

    public Trace(SimulatedNode node)
    {
        _node = node;
        node.Dispatcher.OnStep += name =>
        {
            Add(node.Dispatcher.Time.Elapsed.Ticks);
            Add(name);
        };
    }

    public ulong Value { get; private set; } = 0xCBF29CE484222325;

    public ulong AtEnd()
    {
        foreach (var journaled in _node.JournaledAfter(0))
            Add($"{journaled.Position} {journaled.Version} {journaled.Vm} {journaled.Event}");
        foreach (var hook in _node.Hooks.Ended)
            Add(hook.ToString());
        foreach (var released in _node.Resources.Released)
            Add(released.ToString());
        return Value;
    }

    private void Add(long number)
    {
        for (var i = 0; i < 8; i++)
            Add((byte)(number >> (8 * i)));
    }

    private void Add(string text)
    {
        foreach (var one in Encoding.UTF8.GetBytes(text))
            Add(one);
    }

    private void Add(byte one) => Value = unchecked((Value ^ one) * Prime);
}
