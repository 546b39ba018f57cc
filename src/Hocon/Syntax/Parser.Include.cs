namespace VmSupervisor.Hocon.Syntax;

internal sealed partial class Parser
{
    private const string IncludeForms = "\"name\", file(\"name\"), required(\"name\") and required(file(\"name\")) are allowed";

    // Parentheses are ordinary characters of unquoted strings, so 'required(file(' arrives as one token or as several.
    private IncludeStatement ParseInclude()
    {
        var origin = _current.Origin;
        Advance();
        var opening = ParseBrackets();
        var depth = opening switch
        {
            "" => 0,
            "file(" or "required(" => 1,
            "required(file(" => 2,
            _ => throw new HoconException(origin, $"found include {opening}; {IncludeForms} (a key of that name is quoted)"),
        };
        if (_current.Kind != TokenKind.Quoted)
            throw Found($"after include; {IncludeForms} (a key of that name is quoted)");

        var name = _current;
        Advance();
        for (; depth > 0; depth--)
        {
            SkipBlank();
            if (_current.Kind != TokenKind.Unquoted || _current.Text[0] != ')')
                throw Found("in an include; ')' is expected");
            if (_current.Text.Length == 1)
                Advance();
            else
                _current = _current with { Text = _current.Text[1..], Origin = _current.Origin with { Column = _current.Origin.Column + 1 } };
        }

        if (name.Text.Length == 0)
            throw new HoconException(name.Origin, "found an include of \"\"; the name of a file is needed");
        if (name.Text.Contains("://", StringComparison.Ordinal) || name.Text.StartsWith("file:", StringComparison.Ordinal))
            throw new HoconException(name.Origin, $"found {name.Describe()}; URLs are not included, a file name is needed");
        return new IncludeStatement(origin, name.Text, opening.StartsWith("required(", StringComparison.Ordinal));
    }

    private string ParseBrackets()
    {
        var opening = "";
        for (SkipBlank(); _current.Kind == TokenKind.Unquoted; SkipBlank())
        {
            opening += _current.Text;
            Advance();
        }

        return opening;
    }
}
