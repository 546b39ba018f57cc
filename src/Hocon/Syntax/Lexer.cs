namespace VmSupervisor.Hocon.Syntax;

/// <summary>Turns a text into tokens, one at a time. Comments vanish; white space stays, since concatenation keeps it.</summary>
internal sealed class Lexer(string text, string file)
{
    private int _at;
    private int _line = 1;
    private int _column = 1;

    private HoconOrigin Here => new(file, _line, _column);

    private char Peek(int ahead = 0) => _at + ahead < text.Length ? text[_at + ahead] : '\0';

    private bool AtEnd => _at >= text.Length;

    public Token Next()
    {
        if (Peek() == '#' || (Peek() == '/' && Peek(1) == '/'))
            SkipLine();
        if (AtEnd)
            return new Token(TokenKind.End, "", Here);

        return Peek() switch
        {
            '\n' => Take(TokenKind.Newline, 1),
            '{' => Take(TokenKind.ObjectStart, 1),
            '}' => Take(TokenKind.ObjectEnd, 1),
            '[' => Take(TokenKind.ArrayStart, 1),
            ']' => Take(TokenKind.ArrayEnd, 1),
            ',' => Take(TokenKind.Comma, 1),
            ':' => Take(TokenKind.Colon, 1),
            '=' => Take(TokenKind.Equals, 1),
            '+' when Peek(1) == '=' => Take(TokenKind.PlusEquals, 2),
            '"' => Quoted(),
            '$' when Peek(1) == '{' => Substitution(),
            var c when Characters.IsWhitespace(c) => Whitespace(),
            var c when Characters.EndsUnquoted(c) => throw new HoconException(
                Here, $"found '{c}', which an unquoted string cannot contain; quote the string"),
            _ => Unquoted(),
        };
    }

    private void SkipLine()
    {
        while (!AtEnd && Peek() != '\n')
            Advance();
    }

    private void Advance()
    {
        var c = text[_at++];
        if (c == '\n')
        {
            _line++;
            _column = 1;
        }
        else if (!char.IsLowSurrogate(c))
        {
            _column++;
        }
    }

    private Token Take(TokenKind kind, int length)
    {
        var token = new Token(kind, text.Substring(_at, length), Here);
        for (var i = 0; i < length; i++)
            Advance();
        return token;
    }

    private Token Whitespace()
    {
        var end = _at;
        while (end < text.Length && text[end] != '\n' && Characters.IsWhitespace(text[end]))
            end++;
        return Take(TokenKind.Whitespace, end - _at);
    }

    private Token Unquoted()
    {
        // Only the first characters decide; 'footrue' and 'bar10.0' are plain strings, '10.0bar' is two tokens.
        var rest = text.AsSpan(_at);
        if (JsonNumber.Match(rest) is > 0 and var digits)
            return Take(TokenKind.Number, digits);
        if (rest.StartsWith("true", StringComparison.Ordinal))
            return Take(TokenKind.True, 4);
        if (rest.StartsWith("false", StringComparison.Ordinal))
            return Take(TokenKind.False, 5);
        if (rest.StartsWith("null", StringComparison.Ordinal))
            return Take(TokenKind.Null, 4);

        // A hyphen that begins no number begins a string, as in the reference implementation: '-device' is common.
        var end = 0;
        while (end < rest.Length && !Characters.EndsUnquoted(rest[end]) && !rest[end..].StartsWith("//", StringComparison.Ordinal))
            end++;
        return Take(TokenKind.Unquoted, end);
    }

    private Token Quoted()
    {
        var origin = Here;
        var rest = text.AsSpan(_at);
        if (rest.StartsWith("\"\"\"", StringComparison.Ordinal))
        {
            var close = rest[3..].IndexOf("\"\"\"", StringComparison.Ordinal);
            if (close < 0)
                throw new HoconException(origin, "found a string that is opened with \"\"\" and never closed");

            // More than three quotes at the end: the last three close, those before belong to the string.
            var end = 3 + close + 3;
            while (end < rest.Length && rest[end] == '"')
                end++;
            return Take(TokenKind.Quoted, end) with { Text = rest[3..(end - 3)].ToString() };
        }

        var length = QuotedString.Length(rest, Here);
        var value = QuotedString.Unescape(rest[1..(length - 1)], Here);
        return Take(TokenKind.Quoted, length) with { Text = value };
    }

    private Token Substitution()
    {
        var origin = Here;
        Take(TokenKind.Substitution, 2);
        var optional = Peek() == '?';
        if (optional)
            Advance();

        var tokens = new List<Token>();
        var token = Next();
        for (; token.IsPathPart || token.Kind == TokenKind.Whitespace; token = Next())
            tokens.Add(token);

        var list = token.Kind == TokenKind.ArrayStart && Peek() == ']';
        if (list)
        {
            Advance();
            token = Next();
        }

        if (token.Kind != TokenKind.ObjectEnd)
            throw new HoconException(token.Origin, $"found {token.Describe()} in a substitution; a path and '}}' are allowed");
        var keys = PathExpression.Parse(tokens, origin, "substitution").Select(key => key.Text);
        return new Token(TokenKind.Substitution, "", origin, new Substitution([.. keys], optional, list));
    }
}
