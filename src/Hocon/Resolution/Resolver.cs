using System.Runtime.CompilerServices;
using VmSupervisor.Hocon.Syntax;

namespace VmSupervisor.Hocon.Resolution;

/// <summary>
/// Resolves substitutions.
/// </summary>
/// <remarks>
/// <code>
///   slot a          layers, oldest first            looked at from the newest down:
///     a = { x : 1 }   object                        a scalar or array ends it, objects merge,
///     a = ${b}        substitution                  "undefined" is passed over
///     a = { y : 2 }   object
/// </code>
/// A lookup sees the final value. Only when it comes back to an assignment that is just being resolved does it see
/// what lies below that assignment: <c>path = ${path}":/bin"</c>. What was found that way is remembered only when it
/// depends on nothing that is still being resolved, as otherwise the order of lookups would decide.
/// </remarks>
internal sealed partial class Resolver(HoconOptions options, List<HoconFault> faults)
{
    // A chain of references this long is not written by a person, and its resolution must not exhaust the stack.
    private const int MaxChain = 1000;

    // Merging costs time without leaving anything behind that MaxSize could see.
    private const long MaxWork = 5_000_000;

    private const int None = int.MaxValue;

    private readonly HashSet<HoconFault> _reported = [];
    private readonly Dictionary<FieldNode, int> _inProgress = [];
    private readonly Dictionary<Node, Resolved> _containers = new(ReferenceEqualityComparer.Instance);
    private ResolvedObject? _root;
    private int _chain;
    private long _work;

    // The outermost assignment in progress that was come back to since the caller of this reset it.
    private int _dependsOn = None;

    public HoconValue Resolve(IReadOnlyList<Node> roots)
    {
        if (roots is [ArrayNode array])
            return Build(Container(array), roots[0], 1) ?? new HoconArray([], array.Origin);
        _root = new ResolvedObject(roots.Count > 0 ? roots[^1].Origin : default, [.. roots.OfType<ObjectNode>()]);
        return Build(_root, null, 1) ?? new HoconObject([], _root.Origin);
    }

    private Resolved Fault(HoconOrigin origin, HoconPath field, string message)
    {
        var fault = new HoconFault(origin, field.ToString(), message);
        if (_reported.Add(fault))
            faults.Add(fault);
        return Resolved.Failed;
    }

    private Resolved Resolve(Slot slot)
    {
        var top = slot.Layers.Count - 1;
        for (var i = 0; _inProgress.Count > 0 && i <= top; i++)
        {
            if (!_inProgress.TryGetValue(slot.Layers[i], out var position))
                continue;
            _dependsOn = Math.Min(_dependsOn, position);
            top = i - 1;
        }

        return top < 0 ? Resolved.Undefined : ResolveUpTo(slot, top);
    }

    private Resolved ResolveUpTo(Slot slot, int top)
    {
        if (slot.Known(top) is { } known)
            return known;
        if (_chain >= MaxChain || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            return Fault(slot.Layers[top].Value.Origin, HoconPath.Root, $"found a chain of more than {MaxChain} substitutions");

        var outside = _dependsOn;
        _dependsOn = None;
        _chain++;
        var result = Merge(slot, top);
        _chain--;
        if (_dependsOn >= _inProgress.Count)
        {
            slot.Remember(top, result);
            _dependsOn = None;
        }

        _dependsOn = Math.Min(_dependsOn, outside);
        return result;
    }

    private Resolved Merge(Slot slot, int top)
    {
        var objects = new List<ResolvedObject>();
        for (var i = top; i >= 0; i--)
        {
            var layer = ResolveLayer(slot, i);
            if (layer is ResolvedObject found)
                objects.Add(found);
            else if (layer != Resolved.Undefined && objects.Count == 0)
                return layer;
            else if (layer != Resolved.Undefined)
                break;
        }

        if (objects.Count == 0)
            return Resolved.Undefined;
        objects.Reverse();
        return MergeObjects(objects, slot.Layers[top].Value.Origin);
    }

    private Resolved MergeObjects(IReadOnlyList<ResolvedObject> objects, HoconOrigin origin)
    {
        _work += objects.Sum(one => one.Sources.Count);
        return _work > MaxWork
            ? Fault(origin, HoconPath.Root, "found substitutions that multiply objects beyond all measure")
            : ResolvedObject.Merge(objects);
    }

    private Resolved ResolveLayer(Slot slot, int index)
    {
        var layer = slot.Layers[index];
        switch (layer.Value)
        {
            case ScalarNode scalar:
                return new ResolvedScalar(scalar.Value);
            case ObjectNode or ArrayNode:
                return Container(layer.Value);
        }

        _inProgress.Add(layer, _inProgress.Count);
        var result = layer.Value switch
        {
            SubstitutionNode substitution => LookUp(substitution),
            ConcatenationNode concatenation => Concatenate(concatenation, slot, index),
            _ => throw new InvalidOperationException($"unknown node {layer.Value.GetType()}"),
        };
        _inProgress.Remove(layer);
        return result;
    }

    // One result for one node, so that coming back to it is noticed and what is shared is built once.
    private Resolved Container(Node node)
    {
        if (!_containers.TryGetValue(node, out var container))
        {
            container = node switch
            {
                ObjectNode written => new ResolvedObject(written.Origin, [written]),
                ArrayNode written => new ResolvedArray(written.Origin, [.. written.Elements.Select(Slot.Of)]),
                _ => throw new InvalidOperationException($"unknown container {node.GetType()}"),
            };
            _containers.Add(node, container);
        }

        return container;
    }
}
