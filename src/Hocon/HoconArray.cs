using System.Collections;

namespace VmSupervisor.Hocon;

/// <summary>A list of values.</summary>
public sealed class HoconArray : HoconValue, IReadOnlyList<HoconValue>
{
    private readonly HoconValue[] _items;

    /// <summary>An array of these values.</summary>
    public HoconArray(IEnumerable<HoconValue> items, HoconOrigin origin)
        : base(origin)
    {
        _items = [.. items];
        Size = 1 + _items.Sum(item => item.Size);
        Depth = 1 + _items.Select(item => item.Depth).DefaultIfEmpty().Max();
    }

    internal override long Size { get; }

    internal override int Depth { get; }

    /// <inheritdoc/>
    public int Count => _items.Length;

    /// <inheritdoc/>
    public HoconValue this[int index] => _items[index];

    /// <inheritdoc/>
    public override string Describe() => "an array";

    /// <inheritdoc/>
    public IEnumerator<HoconValue> GetEnumerator() => ((IEnumerable<HoconValue>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override bool Equals(HoconValue? other) => other is HoconArray array && _items.SequenceEqual(array._items);

    /// <inheritdoc/>
    public override int GetHashCode() => _items.Aggregate(1, HashCode.Combine);
}
