using VmSupervisor.Hocon.Syntax;

namespace VmSupervisor.Hocon.Resolution;

/// <summary>
/// What a field turned out to be, with its inside not yet looked at: so an object can refer to paths within itself.
/// </summary>
internal abstract class Resolved
{
    /// <summary>No value: the field is not created.</summary>
    public static Resolved Undefined { get; } = new Nothing();

    /// <summary>A fault was recorded; whoever depends on it stays silent.</summary>
    public static Resolved Failed { get; } = new Nothing();

    private sealed class Nothing : Resolved;
}

internal sealed class ResolvedScalar(HoconScalar value) : Resolved
{
    public HoconScalar Value { get; } = value;
}

/// <summary>An array or object, which becomes a value at most once.</summary>
internal abstract class ResolvedContainer(HoconOrigin origin) : Resolved
{
    public HoconOrigin Origin { get; } = origin;

    public HoconValue? Built { get; set; }

    /// <summary>Set while it is being built: coming back to it then is a cycle.</summary>
    public bool IsBeingBuilt { get; set; }
}

internal sealed class ResolvedArray(HoconOrigin origin, IReadOnlyList<Slot> elements) : ResolvedContainer(origin)
{
    public IReadOnlyList<Slot> Elements { get; } = elements;
}

/// <summary>An object as the merge of several that were written, oldest first.</summary>
internal sealed class ResolvedObject : ResolvedContainer
{
    private readonly Dictionary<string, Slot> _slots = new(StringComparer.Ordinal);

    public ResolvedObject(HoconOrigin origin, IReadOnlyList<ObjectNode> sources)
        : base(origin)
    {
        Sources = sources;
        var keys = new List<string>();
        foreach (var field in sources.SelectMany(source => source.Fields))
        {
            if (!_slots.TryGetValue(field.Key, out var slot))
            {
                _slots[field.Key] = slot = new Slot();
                keys.Add(field.Key);
            }

            slot.Layers.Add(field);
        }

        Keys = keys;
    }

    public IReadOnlyList<ObjectNode> Sources { get; }

    /// <summary>Whether it overrides an older value that is no object.</summary>
    public bool HidesEarlier { get; init; }

    /// <summary>The keys in the order of their first appearance.</summary>
    public IReadOnlyList<string> Keys { get; }

    public Slot? Slot(string key) => _slots.GetValueOrDefault(key);

    /// <summary>The values under keys that are numbers, in the order of the numbers; other keys do not count.</summary>
    public IReadOnlyList<Slot> NumberedSlots() =>
        [.. Keys.Select(key => (Key: key, Index: NumericKey.Parse(key))).Where(pair => pair.Index is not null)
            .OrderBy(pair => pair.Index).Select(pair => _slots[pair.Key])];

    /// <summary>
    /// The merge of several objects, oldest first. An object that comes in on two ways (a = ${a} {…} merges with the
    /// older a as well) counts once, where it is newest; counting it twice would double it at every such step.
    /// </summary>
    public static ResolvedObject Merge(IReadOnlyList<ResolvedObject> objects)
    {
        if (objects.Count == 1)
            return objects[0];
        var seen = new HashSet<ObjectNode>(ReferenceEqualityComparer.Instance);
        var newestFirst = objects.SelectMany(one => one.Sources).Reverse().Where(seen.Add).ToList();
        newestFirst.Reverse();
        return new ResolvedObject(objects[^1].Origin, newestFirst);
    }
}
