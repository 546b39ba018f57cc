using System.Diagnostics.CodeAnalysis;

namespace VmSupervisor.Hocon;

/// <summary>An object: fields in the order in which their keys first appeared.</summary>
public sealed partial class HoconObject : HoconValue
{
    private readonly Dictionary<string, HoconField> _byKey;

    /// <summary>An object of these fields; a later one replaces an earlier one of the same key.</summary>
    public HoconObject(IEnumerable<HoconField> fields, HoconOrigin origin)
        : base(origin)
    {
        _byKey = new Dictionary<string, HoconField>(StringComparer.Ordinal);
        var order = new List<string>();
        foreach (var field in fields)
        {
            if (!_byKey.ContainsKey(field.Key))
                order.Add(field.Key);
            _byKey[field.Key] = field;
        }

        Fields = [.. order.Select(key => _byKey[key])];
        Size = 1 + Fields.Sum(field => field.Key.Length + 1 + field.Value.Size);
        Depth = 1 + Fields.Select(field => field.Value.Depth).DefaultIfEmpty().Max();
    }

    /// <summary>The fields, each with the place where its key stands.</summary>
    public IReadOnlyList<HoconField> Fields { get; }

    internal override long Size { get; }

    internal override int Depth { get; }

    /// <summary>The field of one key (not of a path).</summary>
    public bool TryGetField(string key, [NotNullWhen(true)] out HoconField? field) => _byKey.TryGetValue(key, out field);

    /// <summary>
    /// Whether a value that is no object was overridden by this one. Then older objects stay hidden, as in
    /// <c>a = null, a { … }</c>.
    /// </summary>
    internal bool HidesEarlier { get; init; }

    /// <summary>The value at a path, or null when there is none. An explicit null is a <see cref="HoconNull"/>.</summary>
    public HoconValue? Find(HoconPath path)
    {
        HoconValue? value = this;
        foreach (var element in path.Elements)
            value = element.In(value);
        return value;
    }

    /// <summary>
    /// Where the value at a path was written; for a path that does not exist, where its nearest ancestor was.
    /// </summary>
    public HoconOrigin OriginOf(HoconPath path)
    {
        HoconValue value = this;
        foreach (var element in path.Elements)
        {
            if (element.In(value) is not { } inner)
                break;
            value = inner;
        }

        return value.Origin;
    }

    /// <summary>
    /// This object over another, as if the other stood earlier in the same file: objects merge, any other value wins
    /// over what it falls back to.
    /// </summary>
    public HoconObject WithFallback(HoconObject other)
    {
        if (HidesEarlier)
            return this;
        var merged = other.Fields.Select(below => _byKey.TryGetValue(below.Key, out var above)
            ? above with { Value = Merge(above.Value, below.Value) }
            : below);
        return new HoconObject(merged.Concat(Fields.Where(field => !other._byKey.ContainsKey(field.Key))), Origin)
        {
            HidesEarlier = other.HidesEarlier,
        };
    }

    /// <inheritdoc/>
    public override string Describe() => "an object";

    /// <inheritdoc/>
    public override bool Equals(HoconValue? other) =>
        other is HoconObject that && that.Fields.Count == Fields.Count
        && Fields.All(field => that._byKey.TryGetValue(field.Key, out var its) && field.Value.Equals(its.Value));

    /// <inheritdoc/>
    public override int GetHashCode() =>
        Fields.Aggregate(Fields.Count, (hash, field) => hash ^ HashCode.Combine(field.Key, field.Value));

    private static HoconValue Merge(HoconValue above, HoconValue below) => (above, below) switch
    {
        (HoconObject top, HoconObject bottom) => top.WithFallback(bottom),
        (HoconObject top, _) => new HoconObject(top.Fields, top.Origin) { HidesEarlier = true },
        _ => above,
    };
}
