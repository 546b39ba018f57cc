namespace VmSupervisor.Model.Engine;

/// <summary>All the ways in which a scenario can go, told by what can be seen from outside.</summary>
internal static class Histories
{
    public static IReadOnlyList<History> Of<TWorld>(IModel<TWorld> model, Func<Happening, string?> visible, Func<TWorld, IEnumerable<Violation>> broken)
        where TWorld : class
    {
        var seen = new HashSet<Fingerprint>();
        var found = new Dictionary<string, History>();
        var open = new Stack<(TWorld World, string Told)>();
        var next = new Successors<TWorld>();
        var sink = new ByteSink();
        foreach (var world in model.Initial)
            open.Push((world, ""));
        while (open.TryPop(out var at))
        {
            if (!seen.Add(Key(at.World, at.Told)))
                continue;
            next.Items.Clear();
            model.Expand(at.World, next);
            var here = Key(at.World, "");
            var moves = next.Items.Where(i => Key(i.World, "") != here || visible(i.Happening) is not null).ToArray();
            foreach (var (happening, then) in moves)
                open.Push((then, visible(happening) is { } line ? at.Told + line + "\n" : at.Told));
            if (moves.Length == 0)
            {
                var laws = broken(at.World).ToArray();
                found[at.Told + string.Join('\n', laws.Select(l => l.ToString()))] = new(at.Told.Split('\n', StringSplitOptions.RemoveEmptyEntries), laws);
            }
        }

        return [.. found.OrderBy(f => f.Value.Lines.Count).ThenBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Value)];

        Fingerprint Key(TWorld world, string told)
        {
            sink.Clear();
            model.Encode(world, sink);
            foreach (var c in told)
                sink.Byte((byte)c);
            return Fingerprint.Of(sink.Written);
        }
    }
}

/// <summary>One way to go, from the beginning to rest.</summary>
internal sealed record History(IReadOnlyList<string> Lines, IReadOnlyList<Violation> Broken);
