using System.Globalization;
using System.Text;
using VmSupervisor.Hocon.Syntax;

namespace VmSupervisor.Hocon;

/// <summary>A way through objects and arrays, such as <c>vm.disks[0].path</c>.</summary>
public sealed class HoconPath : IEquatable<HoconPath>
{
    private HoconPath(IReadOnlyList<HoconPathElement> elements) => Elements = elements;

    /// <summary>The path of the root itself; it has no elements and prints as nothing.</summary>
    public static HoconPath Root { get; } = new([]);

    /// <summary>The steps from the root.</summary>
    public IReadOnlyList<HoconPathElement> Elements { get; }

    /// <summary>
    /// Reads a path expression: keys with dots between them, quoted where they contain a dot or another special
    /// character, and <c>[n]</c> for an element of an array.
    /// </summary>
    /// <exception cref="HoconException">It is not a path; the column counts within <paramref name="text"/>.</exception>
    public static HoconPath Parse(string text) => Parse(text, "path");

    internal static HoconPath Parse(string text, string file) => PathExpression.ParseWithIndexes(text, file);

    /// <summary>The path of a value inside the one at this path.</summary>
    public HoconPath Then(string key) => new([.. Elements, new HoconPathElement(key)]);

    /// <summary>The path of an element of the array at this path.</summary>
    public HoconPath Then(int index) => new([.. Elements, new HoconPathElement(index)]);

    /// <summary>The path of a value below the one at this path.</summary>
    public HoconPath Then(HoconPath path) => new([.. Elements, .. path.Elements]);

    internal static HoconPath Of(IEnumerable<HoconPathElement> elements) => new([.. elements]);

    internal static HoconPath Of(IEnumerable<string> keys) => new([.. keys.Select(key => new HoconPathElement(key))]);

    /// <summary>The path as an expression that <see cref="Parse(string)"/> reads back, keys quoted where they must be.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var element in Elements)
        {
            if (element.Key is not { } key)
                text.Append(CultureInfo.InvariantCulture, $"[{element.Index}]");
            else
                text.Append(text.Length == 0 ? "" : ".").Append(HoconRenderer.Key(key));
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public bool Equals(HoconPath? other) => other is not null && Elements.SequenceEqual(other.Elements);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as HoconPath);

    /// <inheritdoc/>
    public override int GetHashCode() => Elements.Aggregate(0, HashCode.Combine);
}

/// <summary>One step of a path: a key, or an index into an array.</summary>
public readonly record struct HoconPathElement
{
    internal HoconPathElement(string key) => Key = key;

    internal HoconPathElement(int index) => Index = index;

    /// <summary>The key, or null when the step is an index.</summary>
    public string? Key { get; }

    /// <summary>The index, counted from 0; without meaning when there is a key.</summary>
    public int Index { get; }

    internal HoconValue? In(HoconValue? value) => (Key, value) switch
    {
        ({ } key, HoconObject within) => within.TryGetField(key, out var field) ? field.Value : null,
        (null, HoconArray within) => Index < within.Count ? within[Index] : null,
        _ => null,
    };
}
