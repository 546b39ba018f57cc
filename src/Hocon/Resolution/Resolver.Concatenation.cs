using System.Text;
using VmSupervisor.Hocon.Syntax;

namespace VmSupervisor.Hocon.Resolution;

internal sealed partial class Resolver
{
    private Resolved Concatenate(ConcatenationNode node, Slot slot, int index)
    {
        var pieces = node.Pieces.Select(piece => (Node: piece, Value: Piece(piece, slot, index))).ToList();
        if (pieces.Any(piece => piece.Value == Resolved.Failed))
            return Resolved.Failed;

        // White space matters between strings only.
        var values = pieces.Where(piece => piece.Node is not ScalarNode { IsWhitespace: true }).ToList();
        if (values.All(piece => piece.Value == Resolved.Undefined))
            return Resolved.Undefined;
        if (values.Any(piece => piece.Node is ScalarNode))
            return Text(node, pieces);
        if (values.Any(piece => piece.Value is ResolvedArray))
            return Arrays(node, values);
        return values.Any(piece => piece.Value is ResolvedObject) ? Objects(node, values) : Text(node, pieces);
    }

    private Resolved Piece(Node piece, Slot slot, int index) => piece switch
    {
        ScalarNode scalar => new ResolvedScalar(scalar.Value),
        SubstitutionNode substitution => LookUp(substitution),
        PreviousNode => index == 0 ? Resolved.Undefined : ResolveUpTo(slot, index - 1),
        _ => Container(piece),
    };

    private Resolved Text(ConcatenationNode node, List<(Node Node, Resolved Value)> pieces)
    {
        var text = new StringBuilder();
        foreach (var piece in pieces)
        {
            if (piece.Value is ResolvedScalar scalar)
                text.Append(scalar.Value.Text);
            else if (piece.Value != Resolved.Undefined)
                return Mixed(node, piece, "a string");
            if (text.Length > options.MaxSize)
                return TooLarge(node.Origin, node.Field);
        }

        return new ResolvedScalar(new HoconString(text.ToString(), node.Origin));
    }

    private Resolved Arrays(ConcatenationNode node, List<(Node Node, Resolved Value)> pieces)
    {
        var elements = new List<Slot>();
        foreach (var piece in pieces.Where(piece => piece.Value != Resolved.Undefined))
        {
            IReadOnlyList<Slot> added = piece.Value switch
            {
                ResolvedArray array => array.Elements,
                ResolvedObject numbered => numbered.NumberedSlots(),
                _ => [],
            };
            if (added.Count == 0 && piece.Value is not ResolvedArray)
                return Mixed(node, piece, "an array");
            if (elements.Count + added.Count > options.MaxSize)
                return TooLarge(node.Origin, node.Field);
            elements.AddRange(added);
        }

        return new ResolvedArray(node.Origin, elements);
    }

    private Resolved Objects(ConcatenationNode node, List<(Node Node, Resolved Value)> pieces)
    {
        var objects = new List<ResolvedObject>();
        foreach (var piece in pieces.Where(piece => piece.Value != Resolved.Undefined))
        {
            if (piece.Value is not ResolvedObject found)
                return Mixed(node, piece, "an object");
            objects.Add(found);
        }

        return MergeObjects(objects, node.Origin);
    }

    private Resolved Mixed(ConcatenationNode node, (Node Node, Resolved Value) piece, string expected)
    {
        var found = piece.Value switch
        {
            ResolvedArray => "an array",
            ResolvedObject => "an object",
            ResolvedScalar scalar => scalar.Value.Describe(),
            _ => "nothing",
        };
        var name = piece.Node is SubstitutionNode { What.Keys: var keys } ? $" in ${{{HoconPath.Of(keys)}}}" : "";
        return Fault(piece.Node.Origin, node.Field, $"found {found}{name} where {expected} is put together; {expected} is needed");
    }

    private Resolved TooLarge(HoconOrigin origin, HoconPath field) =>
        Fault(origin, field, $"found substitutions that make a value larger than {options.MaxSize} characters");
}
