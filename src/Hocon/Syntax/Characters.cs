using System.Globalization;

namespace VmSupervisor.Hocon.Syntax;

internal static class Characters
{
    private const string Forbidden = "$\"{}[]:=,+#`^?!@*&\\";

    /// <summary>White space in HOCON's sense, the newline included.</summary>
    public static bool IsWhitespace(char c) =>
        c is ' ' or '\n' or '\t' or '\r' or '\v' or '\f' or (>= '\u001c' and <= '\u001f') or '\ufeff'
        || (c > '\u007f' && char.GetUnicodeCategory(c) is UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    /// <summary>Whether an unquoted string cannot contain the character.</summary>
    public static bool EndsUnquoted(char c) => Forbidden.Contains(c) || IsWhitespace(c);
}
