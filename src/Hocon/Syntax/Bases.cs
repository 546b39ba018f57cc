namespace VmSupervisor.Hocon.Syntax;

/// <summary>
/// Where substitutions of an included file are looked up before the root: below each object that includes it,
/// innermost first.
/// </summary>
/// <param name="Paths">The paths of those objects.</param>
/// <param name="Unreachable">Whether one of them lies in an array, so that no path leads to it.</param>
internal sealed record Bases(IReadOnlyList<IReadOnlyList<string>> Paths, bool Unreachable = false)
{
    public static Bases None { get; } = new([]);

    public Bases Within(IReadOnlyList<string> path, bool inArray)
    {
        if (inArray)
            return this with { Unreachable = true };
        var known = path.Count == 0 || (Paths.Count > 0 && Paths[0].SequenceEqual(path));
        return known ? this : this with { Paths = [[.. path], .. Paths] };
    }
}
