using System.Globalization;
using System.Text;

namespace VmSupervisor.Hocon.Syntax;

/// <summary>Strings in single double quotes, which are JSON's.</summary>
internal static class QuotedString
{
    /// <summary>The length of the quoted string at the start, quotes included.</summary>
    public static int Length(ReadOnlySpan<char> text, HoconOrigin origin)
    {
        for (var at = 1; at < text.Length && text[at] != '\n'; at++)
        {
            if (text[at] == '"')
                return at + 1;
            if (text[at] == '\\' && at + 1 < text.Length && text[at + 1] != '\n')
                at++;
        }

        throw new HoconException(
            origin, "found a quoted string that does not end on its line; close it, or use \"\"\" for several lines");
    }

    /// <summary>The value of what stands between the quotes; the opening quote is at <paramref name="quote"/>.</summary>
    public static string Unescape(ReadOnlySpan<char> raw, HoconOrigin quote)
    {
        var value = new StringBuilder(raw.Length);
        for (var at = 0; at < raw.Length; at++)
        {
            if (raw[at] < ' ')
                throw Fault(quote, at, $"found control character U+{(int)raw[at]:X4} in a quoted string; write it as \\u{(int)raw[at]:x4}");
            if (raw[at] != '\\')
            {
                value.Append(raw[at]);
                continue;
            }

            var escape = at++;
            value.Append(raw[at] switch
            {
                '"' => '"',
                '\\' => '\\',
                '/' => '/',
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' when at + 4 < raw.Length && IsHex(raw.Slice(at + 1, 4)) => (char)int.Parse(
                    raw.Slice(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                'u' => throw Fault(quote, escape, "found \\u without four hexadecimal digits"),
                var c => throw Fault(quote, escape, $"found the escape \\{c}; \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX are allowed"),
            });
            if (raw[at] == 'u')
                at += 4;
        }

        CheckSurrogates(value, quote);
        return value.ToString();
    }

    private static bool IsHex(ReadOnlySpan<char> digits)
    {
        foreach (var c in digits)
        {
            if (!char.IsAsciiHexDigit(c))
                return false;
        }

        return true;
    }

    // Half a character could not be written as UTF-8 again: it would be replaced in silence.
    private static void CheckSurrogates(StringBuilder value, HoconOrigin quote)
    {
        for (var at = 0; at < value.Length; at++)
        {
            if (!char.IsSurrogate(value[at]))
                continue;
            if (!char.IsHighSurrogate(value[at]) || at + 1 == value.Length || !char.IsLowSurrogate(value[at + 1]))
                throw new HoconException(quote, $"found half of a surrogate pair, \\u{(int)value[at]:x4}, in a quoted string");
            at++;
        }
    }

    private static HoconException Fault(HoconOrigin quote, int at, string message) =>
        new(quote with { Column = quote.Column + 1 + at }, message);
}
