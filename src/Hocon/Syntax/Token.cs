namespace VmSupervisor.Hocon.Syntax;

internal enum TokenKind
{
    End, Newline, Whitespace, ObjectStart, ObjectEnd, ArrayStart, ArrayEnd, Comma, Colon, Equals, PlusEquals,
    Quoted, Unquoted, Number, True, False, Null, Substitution,
}

/// <param name="Kind">What it is.</param>
/// <param name="Text">What it stands for: a string's value, a number or whitespace as written.</param>
/// <param name="Origin">Its first character.</param>
/// <param name="Substitution">What a substitution asks for.</param>
internal readonly record struct Token(TokenKind Kind, string Text, HoconOrigin Origin, Substitution? Substitution = null)
{
    /// <summary>Whether it can be part of a key or a path.</summary>
    public bool IsPathPart => Kind is TokenKind.Quoted or TokenKind.Unquoted or TokenKind.Number
        or TokenKind.True or TokenKind.False or TokenKind.Null;

    public string Describe() => Kind switch
    {
        TokenKind.End => "the end of the text",
        TokenKind.Newline => "the end of the line",
        TokenKind.Whitespace => "white space",
        TokenKind.Quoted => new HoconString(Text, Origin).Describe(),
        TokenKind.Substitution => "a substitution",
        _ => $"'{Text}'",
    };
}

/// <summary><c>${keys}</c>, <c>${?keys}</c>, <c>${keys[]}</c>.</summary>
internal sealed record Substitution(IReadOnlyList<string> Keys, bool Optional, bool List);
