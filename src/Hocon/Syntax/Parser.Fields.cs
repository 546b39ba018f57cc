namespace VmSupervisor.Hocon.Syntax;

internal sealed partial class Parser
{
    private void ParseField(List<FieldNode> fields)
    {
        if (_current is { Kind: TokenKind.Unquoted, Text: "include" })
        {
            var statement = ParseInclude();
            fields.AddRange(_reading.Include(statement, [.. _path], _bases.Within(_path, _arrays > 0)));
            return;
        }

        var keys = ParseKey();
        Enter(keys[0].Origin, keys.Count - 1);
        _path.AddRange(keys.Select(key => key.Text));
        var value = ParseAssigned(keys);
        _path.RemoveRange(_path.Count - keys.Count, keys.Count);
        _depth -= keys.Count - 1;

        for (var i = keys.Count - 1; i > 0; i--)
            value = new ObjectNode(keys[i].Origin, [new FieldNode(keys[i].Text, keys[i].Origin, value)]);
        fields.Add(new FieldNode(keys[0].Text, keys[0].Origin, value));
    }

    private List<Token> ParseKey()
    {
        var start = _current;
        var tokens = new List<Token>();
        for (; _current.IsPathPart || _current.Kind == TokenKind.Whitespace; Advance())
            tokens.Add(_current);
        if (tokens.Count == 0)
            throw Found(_current.Kind == TokenKind.ObjectEnd ? "that nothing opens" : "where a key is expected");
        return PathExpression.Parse(tokens, start.Origin, "key");
    }

    private Node ParseAssigned(List<Token> keys)
    {
        SkipBlank();
        var separator = _current;
        switch (separator.Kind)
        {
            case TokenKind.ObjectStart:
                return ParseValue();
            case TokenKind.Colon or TokenKind.Equals:
                Advance();
                SkipBlank();
                return ParseValue();
            case TokenKind.PlusEquals:
                Advance();
                SkipBlank();
                return Append(ParseElement(), separator.Origin);
            default:
                throw Found($"after the key {HoconPath.Of(keys.Select(key => key.Text))}; '=', ':', '+=' or '{{' is allowed");
        }
    }

    private Node ParseElement()
    {
        Enter(_current.Origin);
        _arrays++;
        var element = ParseValue();
        _arrays--;
        _depth--;
        return element;
    }

    // a += b is a = ${?a} [b].
    private ConcatenationNode Append(Node element, HoconOrigin origin)
    {
        Node previous = _arrays > 0
            ? new PreviousNode(origin)
            : new SubstitutionNode(origin, new Substitution([.. _path], Optional: true, List: false), [], Here);
        var added = new ArrayNode(element.Origin, [new FieldNode("", element.Origin, element)]);
        return new ConcatenationNode(origin, [previous, added], Here);
    }
}
