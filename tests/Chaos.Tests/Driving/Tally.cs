using System.Globalization;

namespace VmSupervisor.Chaos.Tests.Driving;

/// <summary>How often what was done and seen, over all worlds.</summary>
internal sealed class Tally
{
    private readonly SortedDictionary<string, long> counts = new(StringComparer.Ordinal);
    private readonly List<double> starts = [];

    public long this[string what]
    {
        get
        {
            lock (counts)
                return counts.GetValueOrDefault(what);
        }
    }

    /// <summary>From the daemon's exec to its readiness, in milliseconds.</summary>
    public IReadOnlyList<double> Starts
    {
        get
        {
            lock (starts)
                return [.. starts];
        }
    }

    public void Count(string what, long more = 1)
    {
        lock (counts)
            counts[what] = counts.GetValueOrDefault(what) + more;
    }

    public void Started(TimeSpan took)
    {
        lock (starts)
            starts.Add(took.TotalMilliseconds);
    }

    public IReadOnlyList<(string What, long Count)> Of(string prefix)
    {
        lock (counts)
            return [.. counts.Where(c => c.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(c => (c.Key[prefix.Length..], c.Value))];
    }

    public long Sum(string prefix) => Of(prefix).Sum(c => c.Count);

    public override string ToString()
    {
        lock (counts)
            return string.Join('\n', counts.Select(c => string.Create(CultureInfo.InvariantCulture, $"  {c.Key}: {c.Value}")));
    }
}
