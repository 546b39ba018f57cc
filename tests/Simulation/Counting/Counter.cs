namespace VmSupervisor.Simulation.Counting;

/// <summary>How often each thing was met.</summary>
internal sealed class Counter
{
    private readonly Dictionary<(string, string?, string?), long> _counts = [];

    public int Kinds => _counts.Count;

    public long Total => _counts.Values.Sum();

    /// <summary>Everything that was met, in words, in their order.</summary>
    public IReadOnlyList<(string Words, long Count)> Counts =>
        [.. _counts.Select(c => (WordsOf(c.Key), c.Value)).OrderBy(c => c.Item1, StringComparer.Ordinal)];

    public long this[string one, string? two = null, string? three = null] => _counts.GetValueOrDefault((one, two, three));

    public void Add(string one, string? two = null, string? three = null) => Add((one, two, three), 1);

    public void Add(string one, long count) => Add((one, null, null), count);

    public void Add(Counter other)
    {
        foreach (var (key, count) in other._counts)
            Add(key, count);
    }

    public IReadOnlyList<string> Missing(IEnumerable<string> expected) => [.. expected.Where(e => this[e] == 0)];

    private static string WordsOf((string, string?, string?) key) => string.Join(' ', new[] { key.Item1, key.Item2, key.Item3 }.Where(k => k is not null));

    private void Add((string, string?, string?) key, long count) => _counts[key] = _counts.GetValueOrDefault(key) + count;
}
