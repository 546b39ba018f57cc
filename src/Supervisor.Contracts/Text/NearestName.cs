namespace VmSupervisor.Contracts.Text;

/// <summary>Finds the name that was probably meant, for error messages.</summary>
public static class NearestName
{
    /// <summary>The nearest name; null when none is near: more than a third of the letters would have to change.</summary>
    public static string? Find(string name, IEnumerable<string> names)
    {
        var wanted = Plain(name);
        var (nearest, distance) = names
            .Select(candidate => (candidate, distance: Distance(wanted, Plain(candidate))))
            .DefaultIfEmpty((candidate: "", distance: int.MaxValue))
            .MinBy(pair => pair.distance);
        return distance <= Math.Max(1, wanted.Length / 3) ? nearest : null;
    }

    // shutdown_timeout and shutdownTimeout are near shutdown-timeout.
    private static string Plain(string name) => name.Replace("-", "").Replace("_", "").ToLowerInvariant();

    private static int Distance(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        foreach (var (i, letter) in a.Index())
        {
            var current = new int[b.Length + 1];
            current[0] = i + 1;
            for (var j = 0; j < b.Length; j++)
                current[j + 1] = Math.Min(Math.Min(current[j], previous[j + 1]) + 1, previous[j] + (letter == b[j] ? 0 : 1));
            previous = current;
        }

        return previous[b.Length];
    }
}
