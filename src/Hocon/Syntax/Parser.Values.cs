namespace VmSupervisor.Hocon.Syntax;

internal sealed partial class Parser
{
    /// <summary>One value or several side by side; they end at a newline, a comma or a closing bracket.</summary>
    private Node ParseValue()
    {
        var start = _current;
        var pieces = new List<Node>();
        for (var piece = ParsePiece(); piece is not null; piece = ParsePiece())
            pieces.Add(piece);
        while (pieces.Count > 0 && pieces[^1] is ScalarNode { IsWhitespace: true })
            pieces.RemoveAt(pieces.Count - 1);

        CheckMixture(pieces);
        if (_current.Kind is TokenKind.Colon or TokenKind.Equals or TokenKind.PlusEquals)
            throw Found("in a value; quote the string it belongs to, or begin the next field on a line of its own");
        if (pieces.Count == 0)
            throw new HoconException(start.Origin, $"found {start.Describe()} where a value is expected");
        if (pieces.Count == 1)
            return pieces[0];

        if (pieces.All(piece => piece is ScalarNode))
            return new ScalarNode(new HoconString(string.Concat(pieces.Select(piece => ((ScalarNode)piece).Value.Text)), pieces[0].Origin));
        return new ConcatenationNode(pieces[0].Origin, pieces, Here);
    }

    private Node? ParsePiece()
    {
        var token = _current;
        switch (token.Kind)
        {
            case TokenKind.ObjectStart:
                return ParseObject();
            case TokenKind.ArrayStart:
                return ParseArray();
            case TokenKind.Substitution:
                Advance();
                return Substitution(token);
        }

        HoconScalar? scalar = token.Kind switch
        {
            TokenKind.Quoted or TokenKind.Unquoted or TokenKind.Whitespace => new HoconString(token.Text, token.Origin),
            TokenKind.Number => new HoconNumber(token.Text, token.Origin),
            TokenKind.True => new HoconBoolean(true, token.Origin),
            TokenKind.False => new HoconBoolean(false, token.Origin),
            TokenKind.Null => new HoconNull(token.Origin),
            _ => null,
        };
        if (scalar is null)
            return null;
        Advance();
        return new ScalarNode(scalar, token.Kind == TokenKind.Whitespace);
    }

    private SubstitutionNode Substitution(Token token)
    {
        var what = token.Substitution!;
        if (!_reading.Options.Substitutions)
            throw new HoconException(token.Origin, "found a substitution; this text is read as it stands, without substitutions");
        if (what.Keys.Count > _reading.Options.MaxDepth)
            throw new HoconException(token.Origin, $"found a path of more than {_reading.Options.MaxDepth} elements");
        if (_bases.Unreachable)
        {
            _reading.Fault(token.Origin, "found a substitution in a file that is included inside an array, where it has "
                + "no path to be relative to; include the file outside of the array");
        }

        return new SubstitutionNode(token.Origin, what, _bases.Paths, Here);
    }

    /// <summary>Objects go with objects, arrays with arrays; what a substitution brings is known only later.</summary>
    private static void CheckMixture(List<Node> pieces)
    {
        var written = pieces.Where(piece => piece is not (SubstitutionNode or ScalarNode { IsWhitespace: true })).ToList();
        for (var i = 1; i < written.Count; i++)
        {
            if (Kind(written[i]) != Kind(written[0]))
            {
                throw new HoconException(written[i].Origin, $"found {Kind(written[i])} beside {Kind(written[0])} in one value; "
                    + "a comma or a newline ends a value");
            }
        }
    }

    private static string Kind(Node node) => node switch
    {
        ObjectNode => "an object",
        ArrayNode => "an array",
        _ => "a string or number",
    };
}
