using System.Text;

namespace VmSupervisor.Scenarios.Tests.Playing;

/// <summary>Two logs, line by line: what is missing and what came instead.</summary>
internal static class Difference
{
    public static string Of(string expected, string actual)
    {
        var (before, after) = (expected.Split('\n'), actual.Split('\n'));
        var common = Lengths(before, after);
        var text = new StringBuilder();
        for (var (i, j) = (0, 0); i < before.Length || j < after.Length;)
        {
            if (i < before.Length && j < after.Length && before[i] == after[j])
            {
                text.Append("    ").Append(before[i++]).Append('\n');
                j++;
            }
            else if (i < before.Length && (j == after.Length || common[i + 1, j] >= common[i, j + 1]))
            {
                text.Append("  - ").Append(before[i++]).Append('\n');
            }
            else
            {
                text.Append("  + ").Append(after[j++]).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>Of the longest common subsequence of what follows each pair of places.</summary>
    private static int[,] Lengths(string[] before, string[] after)
    {
        var lengths = new int[before.Length + 1, after.Length + 1];
        for (var i = before.Length - 1; i >= 0; i--)
        {
            for (var j = after.Length - 1; j >= 0; j--)
                lengths[i, j] = before[i] == after[j] ? lengths[i + 1, j + 1] + 1 : Math.Max(lengths[i + 1, j], lengths[i, j + 1]);
        }

        return lengths;
    }
}
