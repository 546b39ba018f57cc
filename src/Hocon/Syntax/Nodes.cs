namespace VmSupervisor.Hocon.Syntax;

/// <summary>What was written, before substitution. Nodes never change; a node's identity is its place in the text.</summary>
internal abstract record Node(HoconOrigin Origin);

internal sealed record ScalarNode(HoconScalar Value, bool IsWhitespace = false) : Node(Value.Origin);

internal sealed record ObjectNode(HoconOrigin Origin, IReadOnlyList<FieldNode> Fields) : Node(Origin);

internal sealed record ArrayNode(HoconOrigin Origin, IReadOnlyList<FieldNode> Elements) : Node(Origin);

/// <summary>Values side by side; at least one of them is a substitution, an object or an array.</summary>
/// <param name="Origin">Where the first piece stands.</param>
/// <param name="Pieces">The values, with the white space between them.</param>
/// <param name="Field">The path of the field they are the value of, or an element of; for faults.</param>
internal sealed record ConcatenationNode(HoconOrigin Origin, IReadOnlyList<Node> Pieces, HoconPath Field) : Node(Origin);

/// <param name="Origin">Where it stands.</param>
/// <param name="What">What it asks for.</param>
/// <param name="Bases">
/// The paths of the objects that include the file it stands in, innermost first: it is looked up below each of them
/// before it is looked up from the root.
/// </param>
/// <param name="Field">The path of the field whose value it is part of; for faults.</param>
internal sealed record SubstitutionNode(
    HoconOrigin Origin, Substitution What, IReadOnlyList<IReadOnlyList<string>> Bases, HoconPath Field) : Node(Origin);

/// <summary>What the field held before, for <c>+=</c> inside an array, where no path leads to the field.</summary>
internal sealed record PreviousNode(HoconOrigin Origin) : Node(Origin);

/// <summary>
/// One assignment to a key, or one element of an array (whose key is empty). Compared by identity: self-reference
/// means that resolving an assignment comes back to that very assignment.
/// </summary>
internal sealed class FieldNode(string key, HoconOrigin keyOrigin, Node value)
{
    public string Key { get; } = key;

    public HoconOrigin KeyOrigin { get; } = keyOrigin;

    public Node Value { get; } = value;
}
