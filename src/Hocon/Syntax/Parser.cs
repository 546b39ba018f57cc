namespace VmSupervisor.Hocon.Syntax;

/// <summary>
/// Reads one file into nodes. Recursive, with a bound on the depth; the first fault of syntax ends it, since what
/// follows would be guesswork.
/// </summary>
internal sealed partial class Parser
{
    private readonly Reading _reading;
    private readonly Lexer _lexer;
    private readonly Bases _bases;
    private readonly List<string> _path;
    private Token _current;
    private int _depth;
    private int _arrays;

    /// <param name="text">The text.</param>
    /// <param name="reading">What it shares with other files.</param>
    /// <param name="path">The path of the object that the text's root is merged into.</param>
    /// <param name="bases">Where its substitutions are looked up first.</param>
    public Parser(HoconText text, Reading reading, IReadOnlyList<string> path, Bases bases)
    {
        _reading = reading;
        _lexer = new Lexer(text.Text, text.FileName);
        _bases = bases;
        _path = [.. path];
        _depth = path.Count;
        _arrays = bases.Unreachable ? 1 : 0;
        Advance();
    }

    public Node ParseRoot()
    {
        SkipBlank();
        Node root = _current.Kind switch
        {
            TokenKind.ArrayStart => ParseArray(),
            TokenKind.ObjectStart => ParseObject(),
            _ => new ObjectNode(_current.Origin, ParseFields(TokenKind.End, _current)),
        };
        SkipBlank();
        if (_current.Kind != TokenKind.End)
            throw Found("after the root's closing bracket; nothing may follow it");
        return root;
    }

    /// <summary>The value that is all of the text, for a setting of a command line.</summary>
    public Node ParseWholeValue()
    {
        SkipBlank();
        var value = ParseValue();
        SkipBlank();
        if (_current.Kind != TokenKind.End)
            throw Found("after the value; nothing may follow it");
        return value;
    }

    /// <summary>The path of the field being read, for faults.</summary>
    private HoconPath Here => HoconPath.Of(_path);

    private void Advance() => _current = _lexer.Next();

    private HoconException Found(string where) => new(_current.Origin, $"found {_current.Describe()} {where}");

    /// <summary>Skips white space and newlines; tells whether there was a newline.</summary>
    private bool SkipBlank()
    {
        var newline = false;
        for (; _current.Kind is TokenKind.Whitespace or TokenKind.Newline; Advance())
            newline |= _current.Kind == TokenKind.Newline;
        return newline;
    }

    private void Enter(HoconOrigin origin, int levels = 1)
    {
        _depth += levels;
        if (_depth > _reading.Options.MaxDepth)
            throw new HoconException(origin, $"found values nested more than {_reading.Options.MaxDepth} deep");
    }

    private ObjectNode ParseObject()
    {
        var open = _current;
        Enter(open.Origin);
        Advance();
        var fields = ParseFields(TokenKind.ObjectEnd, open);
        Advance();
        _depth--;
        return new ObjectNode(open.Origin, fields);
    }

    private List<FieldNode> ParseFields(TokenKind end, Token open)
    {
        var fields = new List<FieldNode>();
        SkipBlank();
        while (_current.Kind != end)
        {
            if (_current.Kind == TokenKind.End)
                throw new HoconException(open.Origin, "found '{' that is never closed");
            if (_current.Kind == TokenKind.Comma)
                throw Found("where a key is expected; one comma may stand between two fields and after the last");
            ParseField(fields);
            EndItem(end, "a field", "fields");
        }

        return fields;
    }

    private ArrayNode ParseArray()
    {
        var open = _current;
        Enter(open.Origin);
        _arrays++;
        Advance();
        var elements = new List<FieldNode>();
        SkipBlank();
        while (_current.Kind != TokenKind.ArrayEnd)
        {
            if (_current.Kind == TokenKind.End)
                throw new HoconException(open.Origin, "found '[' that is never closed");
            if (_current.Kind == TokenKind.Comma)
                throw Found("where a value is expected; one comma may stand between two elements and after the last");
            var element = ParseValue();
            elements.Add(new FieldNode("", element.Origin, element));
            EndItem(TokenKind.ArrayEnd, "an element", "elements");
        }

        Advance();
        _arrays--;
        _depth--;
        return new ArrayNode(open.Origin, elements);
    }

    private void EndItem(TokenKind end, string item, string items)
    {
        var separated = SkipBlank();
        if (_current.Kind == TokenKind.Comma)
        {
            Advance();
            SkipBlank();
            if (_current.Kind == TokenKind.Comma)
                throw Found($"after a comma; one comma may stand between two {items} and after the last");
            separated = true;
        }

        // At the end of the text the caller names the bracket that was left open.
        if (separated || _current.Kind == end || _current.Kind == TokenKind.End)
            return;
        throw Found($"after {item}; " + end switch
        {
            TokenKind.End => "a comma or a newline is allowed",
            TokenKind.ArrayEnd => "a comma, a newline or ']' is allowed",
            _ => "a comma, a newline or '}' is allowed",
        });
    }
}
