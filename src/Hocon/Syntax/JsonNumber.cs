namespace VmSupervisor.Hocon.Syntax;

/// <summary>JSON's grammar of numbers: <c>-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?</c>.</summary>
internal static class JsonNumber
{
    /// <summary>How many characters at the start are a number; 0 when none are.</summary>
    public static int Match(ReadOnlySpan<char> text)
    {
        var at = text.StartsWith('-') ? 1 : 0;
        var whole = Digits(text, at);
        if (whole == 0)
            return 0;
        at += text[at] == '0' ? 1 : whole;

        if (at < text.Length && text[at] == '.' && Digits(text, at + 1) is > 0 and var fraction)
            at += 1 + fraction;

        if (at < text.Length && text[at] is 'e' or 'E')
        {
            var sign = at + 1 < text.Length && text[at + 1] is '+' or '-' ? 1 : 0;
            if (Digits(text, at + 1 + sign) is > 0 and var exponent)
                at += 1 + sign + exponent;
        }

        return at;
    }

    private static int Digits(ReadOnlySpan<char> text, int from)
    {
        var at = from;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return at - from;
    }
}
