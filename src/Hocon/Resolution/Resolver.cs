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
/// what lies below that assignment: <c>path = ${path}":/bin"</c>. Every assignment is resolved once, whoever asks
/// first; so fields that refer to each other agree on what they saw, and no text makes the work explode.
/// </remarks>
internal sealed partial class Resolver(HoconOptions options, List<HoconFault> faults)
{
    // A chain of references this long is not written by a person, and its resolution must not exhaust the stack.
    private const int MaxChain = 1000;

    // Merging costs time without leaving anything behind that MaxSize could see.
    private const long MaxWork = 5_000_000;

    private readonly HashSet<HoconFault> _reported = [];
    private readonly HashSet<FieldNode> _inProgress = [];
    private readonly Dictionary<FieldNode, Resolved> _layers = [];
    private readonly Dictionary<Node, Resolved> _containers = new(ReferenceEqualityComparer.Instance);
    private ResolvedObject? _root;
    private int _chain;
    private long _work;

    // Whether an assignment in progress was come back to, since this was last cleared.
    private bool _cameBack;

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
            if (!_inProgress.Contains(slot.Layers[i]))
                continue;
            _cameBack = true;
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

        _chain++;
        var result = Merge(slot, top);
        _chain--;
        slot.Remember(top, result);
        return result;
    }

    private Resolved Merge(Slot slot, int top)
    {
        var objects = new List<ResolvedObject>();
        var hides = false;
        for (var i = top; i >= 0; i--)
        {
            var layer = ResolveLayer(slot, i);
            if (layer is ResolvedObject found)
                objects.Add(found);
            else if (layer != Resolved.Undefined && objects.Count == 0)
                return layer;
            hides = layer is not ResolvedObject && layer != Resolved.Undefined;
            if (hides)
                break;
        }

        if (objects.Count == 0)
            return Resolved.Undefined;
        objects.Reverse();
        var merged = MergeObjects(objects, slot.Layers[top].Value.Origin);
        return hides && merged is ResolvedObject above ? new ResolvedObject(above.Origin, above.Sources) { HidesEarlier = true } : merged;
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

        if (_layers.TryGetValue(layer, out var known))
            return known;
        _inProgress.Add(layer);
        var result = layer.Value switch
        {
            SubstitutionNode substitution => LookUp(substitution),
            ConcatenationNode concatenation => Concatenate(concatenation, slot, index),
            _ => throw new InvalidOperationException($"unknown node {layer.Value.GetType()}"),
        };
        _inProgress.Remove(layer);

        // What += in an array appends to depends on the slot.
        if (layer.Value is not ConcatenationNode { Pieces: [PreviousNode, ..] })
            _layers.Add(layer, result);
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
