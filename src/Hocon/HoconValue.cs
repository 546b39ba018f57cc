namespace VmSupervisor.Hocon;

/// <summary>
/// A value of a resolved configuration; immutable. Two values are equal when they hold the same, wherever they were
/// written and in whatever order the keys of objects stand.
/// </summary>
public abstract class HoconValue : IEquatable<HoconValue>
{
    private protected HoconValue(HoconOrigin origin) => Origin = origin;

    /// <summary>Where the value was written. One that a substitution brought is where it was written first.</summary>
    public HoconOrigin Origin { get; }

    /// <summary>The value as a fault names it: <c>number 5</c>, <c>string "x"</c>, <c>an object</c>.</summary>
    public abstract string Describe();

    /// <summary>What the tree would take when written out: characters and values.</summary>
    internal abstract long Size { get; }

    /// <summary>How deep the tree is; 1 for a scalar.</summary>
    internal abstract int Depth { get; }

    /// <inheritdoc/>
    public abstract bool Equals(HoconValue? other);

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as HoconValue);

    /// <inheritdoc/>
    public abstract override int GetHashCode();

    /// <summary>The value as JSON on one line.</summary>
    public string ToJson() => HoconRenderer.ToJson(this);

    /// <summary>The value as JSON on one line.</summary>
    public override string ToString() => ToJson();
}
