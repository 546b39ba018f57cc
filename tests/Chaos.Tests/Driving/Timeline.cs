using System.Globalization;

namespace VmSupervisor.Chaos.Tests.Driving;

/// <summary>What was done and seen in a world, by the clock that the witnesses use, too: seconds since the host's boot.</summary>
internal sealed class Timeline
{
    private readonly List<(double At, string Text)> entries = [];

    public void Add(string who, string what)
    {
        var at = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
        lock (entries)
            entries.Add((at, $"{who}: {what}"));
    }

    /// <summary>All of it in the order of time, with what the witnesses wrote.</summary>
    public string Render(string witness)
    {
        List<(double At, string Text)> all;
        lock (entries)
            all = [.. entries];
        if (File.Exists(witness))
        {
            all.AddRange(File.ReadLines(witness).Select(line => line.Split(' ', 2)).Where(p => p.Length == 2)
                .Select(p => (double.Parse(p[0], CultureInfo.InvariantCulture), p[1])));
        }

        return string.Join('\n', all.OrderBy(e => e.At).Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.At:F2} {e.Text}")));
    }
}
