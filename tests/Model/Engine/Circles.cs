namespace VmSupervisor.Model.Engine;

/// <summary>Finds states from which closed worlds can go round for ever (what is left of Kahn's algorithm).</summary>
internal static class Circles
{
    /// <summary>A state on a circle or behind one; null when there is none. Edges are pairs of state numbers.</summary>
    public static int? Find(IReadOnlyCollection<(int From, int To)[]> edges, int states)
    {
        // Backwards: a state is done when all that it leads to is done.
        var open = new int[states];
        var heads = new int[states + 1];
        foreach (var (from, to) in edges.SelectMany(e => e))
        {
            open[from]++;
            heads[to + 1]++;
        }

        for (var i = 0; i < states; i++)
            heads[i + 1] += heads[i];
        var before = new int[heads[states]];
        var next = heads.ToArray();
        foreach (var (from, to) in edges.SelectMany(e => e))
            before[next[to]++] = from;

        var done = new Stack<int>();
        var left = 0;
        for (var i = 0; i < states; i++)
        {
            if (open[i] > 0)
                left++;
            else if (heads[i + 1] > heads[i])
                done.Push(i);
        }

        while (done.TryPop(out var state))
        {
            for (var i = heads[state]; i < heads[state + 1]; i++)
            {
                if (--open[before[i]] > 0)
                    continue;
                left--;
                done.Push(before[i]);
            }
        }

        return left == 0 ? null : Array.FindIndex(open, o => o > 0);
    }
}
