using System.Text;

namespace VmSupervisor.Scenarios.Tests.Text;

/// <summary>A line's words. What stands in double quotes is one word; a quote inside is written <c>\"</c>.</summary>
internal static class Words
{
    /// <exception cref="FormatException">A quote is not closed.</exception>
    public static string[] Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (inWord, inQuotes) = (false, false);
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '\\' && inQuotes && i + 1 < line.Length)
            {
                word.Append(line[++i]);
            }
            else if (c == '"')
            {
                (inWord, inQuotes) = (true, !inQuotes);
            }
            else if (char.IsWhiteSpace(c) && !inQuotes)
            {
                End();
            }
            else
            {
                inWord = true;
                word.Append(c);
            }
        }

        if (inQuotes)
            throw new FormatException("found a quote that is not closed");
        End();
        return [.. words];

        void End()
        {
            if (inWord)
                words.Add(word.ToString());
            word.Clear();
            inWord = false;
        }
    }

    /// <summary>A text as one word.</summary>
    public static string Quote(string text) =>
        text.Length > 0 && !text.Any(c => char.IsWhiteSpace(c) || c is '"' or '\\') ? text : $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";
}
