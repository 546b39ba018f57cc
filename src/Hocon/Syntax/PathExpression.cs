using System.Globalization;
using System.Text;

namespace VmSupervisor.Hocon.Syntax;

/// <summary>Key paths: dots outside quotes separate, also those in numbers.</summary>
internal static class PathExpression
{
    /// <summary>The keys of a path, each a token with its own place.</summary>
    /// <param name="tokens">Parts and white space; white space at the ends is dropped.</param>
    /// <param name="origin">Where to report a path that is empty.</param>
    /// <param name="what">What it is the path of, for faults.</param>
    public static List<Token> Parse(IReadOnlyList<Token> tokens, HoconOrigin origin, string what)
    {
        var first = 0;
        var last = tokens.Count - 1;
        while (first <= last && tokens[first].Kind == TokenKind.Whitespace)
            first++;
        while (last >= first && tokens[last].Kind == TokenKind.Whitespace)
            last--;
        if (first > last)
            throw new HoconException(origin, $"found an empty {what}; a path such as a.b is needed");

        var keys = new List<Token>();
        var key = new StringBuilder();
        var quoted = false;
        var start = tokens[first].Origin;
        for (var i = first; i <= last; i++)
        {
            var token = tokens[i];
            if (token.Kind is TokenKind.Quoted or TokenKind.Whitespace)
            {
                key.Append(token.Text);
                quoted |= token.Kind == TokenKind.Quoted;
                continue;
            }

            for (var at = 0; at < token.Text.Length; at++)
            {
                if (token.Text[at] != '.')
                {
                    key.Append(token.Text[at]);
                    continue;
                }

                var dot = token.Origin with { Column = token.Origin.Column + at };
                EndKey(dot);
                start = dot with { Column = dot.Column + 1 };
            }
        }

        EndKey(start);
        return keys;

        void EndKey(HoconOrigin end)
        {
            if (key.Length == 0 && !quoted)
                throw new HoconException(end, $"found an empty element in a {what}; write it as \"\" when it is meant");
            keys.Add(new Token(TokenKind.Quoted, key.ToString(), start));
            key.Clear();
            quoted = false;
        }
    }

    /// <summary>A path as people and faults write it, with <c>[n]</c> for elements of arrays.</summary>
    public static HoconPath ParseWithIndexes(string text, string file)
    {
        var lexer = new Lexer(text, file);
        var elements = new List<HoconPathElement>();
        var part = new List<Token>();
        for (var token = lexer.Next(); ; token = lexer.Next())
        {
            if (token.IsPathPart || token.Kind == TokenKind.Whitespace)
            {
                // What follows an index starts with the dot that separates it: 'disks[0].path'.
                if (part.Count == 0 && elements.Count > 0)
                {
                    if (!token.Text.StartsWith('.') || token.Kind != TokenKind.Unquoted)
                        throw new HoconException(token.Origin, $"found {token.Describe()} after an index; '.' or '[' is allowed");
                    if (token.Text.Length == 1)
                    {
                        token = lexer.Next();
                        if (!token.IsPathPart)
                            throw new HoconException(token.Origin, "found an empty element in a path; write it as \"\" when it is meant");
                    }
                    else
                    {
                        token = token with { Text = token.Text[1..], Origin = token.Origin with { Column = token.Origin.Column + 1 } };
                    }
                }

                part.Add(token);
                continue;
            }

            if (part.Count > 0 || elements.Count == 0)
                elements.AddRange(Parse(part, token.Origin, "path").Select(key => new HoconPathElement(key.Text)));
            part.Clear();
            if (token.Kind == TokenKind.End)
                return HoconPath.Of(elements);
            elements.Add(new HoconPathElement(Index(lexer, token)));
        }
    }

    private static int Index(Lexer lexer, Token open)
    {
        var digits = open.Kind == TokenKind.ArrayStart ? lexer.Next() : open;
        if (open.Kind == TokenKind.ArrayStart && digits.Kind == TokenKind.Number
            && int.TryParse(digits.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && lexer.Next().Kind == TokenKind.ArrayEnd)
            return index;
        throw new HoconException(open.Origin, $"found {open.Describe()} in a path; keys, '.' and [number] are allowed");
    }
}
