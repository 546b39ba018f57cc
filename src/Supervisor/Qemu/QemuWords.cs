using System.Text;

namespace VmSupervisor.Qemu;

/// <summary>Finds the one line of QEMU's output that says why it gave up.</summary>
internal static class QemuWords
{
    private const int MostBytes = 16 << 10;
    private const int LongestLine = 300;

    /// <summary>The first line of a log that is not a warning, without decoration; otherwise <paramref name="silence"/>.</summary>
    public static string From(string log, string silence)
    {
        try
        {
            using var file = File.OpenRead(log);
            var bytes = new byte[(int)Math.Min(file.Length, MostBytes)];
            file.ReadExactly(bytes);
            return Of(Encoding.UTF8.GetString(bytes)) ?? silence;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return silence;
        }
    }

    /// <summary>The same of a text; null when there is nothing useful in it.</summary>
    public static string? Of(string text) => text.Split('\n')
        .Select(line => Clean(line.Trim()))
        .FirstOrDefault(line => line.Length > 0 && !line.StartsWith("warning:", StringComparison.OrdinalIgnoreCase));

    private static string Clean(string line)
    {
        // "qemu-system-x86_64: …": which QEMU is known.
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        if (colon > 0 && line.StartsWith("qemu", StringComparison.Ordinal) && !line[..colon].Contains(' '))
            line = line[(colon + 2)..];

        // "-blockdev {"node-name": …}: …": the option is ours, not the reader's.
        var brace = line.StartsWith('-') && line.Contains(" {") ? line.LastIndexOf("}: ", StringComparison.Ordinal) : -1;
        if (brace > 0)
            line = line[(brace + 3)..];

        var clean = new StringBuilder(line.Length <= LongestLine ? line : line[..LongestLine] + "…");
        for (var i = 0; i < clean.Length; i++)
        {
            if (char.IsControl(clean[i]))
                clean[i] = ' ';
        }

        return clean.ToString();
    }
}
