using System.Collections.Concurrent;

namespace VmSupervisor.Model.Engine;

/// <summary>
/// Breadth first through everything that can happen, level by level, each state once; so the first violation found has
/// a shortest trace.
/// </summary>
internal sealed class Explorer<TWorld>(IModel<TWorld> model, int threads, TimeSpan? patience = null)
    where TWorld : class
{
    private const int Batch = 256;

    private readonly Visited _visited = new();
    private readonly ConcurrentBag<(int From, int To)[]> _edges = [];
    private readonly ConcurrentBag<(int Id, Violation Violation)> _violations = [];
    private long _transitions;
    private int _taken;
    private Func<bool> _enough = () => false;

    public Exploration Run()
    {
        var began = TimeProvider.System.GetTimestamp();
        var frontier = new List<(int Id, TWorld World)>();
        foreach (var (world, index) in model.Initial.Select((w, i) => (w, i)))
            Reach(world, new Origin(-1, (ushort)index), new ByteSink(), frontier);
        var depth = 0;
        _enough = () => patience is { } time && TimeProvider.System.GetElapsedTime(began) > time;
        while (frontier.Count > 0 && _violations.IsEmpty && !_enough())
        {
            frontier = Level(frontier);
            if (!_enough())
                depth++;
        }

        var complete = !_enough() || !_violations.IsEmpty;
        if (_violations.IsEmpty && complete && Circles.Find(_edges, _visited.Count) is { } circle)
            _violations.Add((circle, new Violation("10 a way out from everywhere", "faults and commands are over, and it goes round in a circle for ever")));
        var first = _violations.OrderBy(v => v.Id).Select(v => ((int, Violation)?)v).FirstOrDefault();
        return new Exploration(_visited.Count, _transitions, depth, complete, TimeProvider.System.GetElapsedTime(began), first is var (id, violation)
            ? new Counterexample(violation, Retrace(id))
            : null);
    }

    private List<(int Id, TWorld World)> Level(List<(int Id, TWorld World)> frontier)
    {
        _taken = 0;
        var parts = new List<(int Id, TWorld World)>[threads];
        if (threads == 1)
            parts[0] = Work(frontier);
        else
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => parts[i] = Work(frontier));
        return threads == 1 ? parts[0] : [.. parts.SelectMany(p => p)];
    }

    private List<(int Id, TWorld World)> Work(List<(int Id, TWorld World)> frontier)
    {
        var found = new List<(int Id, TWorld World)>();
        var edges = new List<(int From, int To)>();
        var next = new Successors<TWorld>();
        var sink = new ByteSink();
        while (Interlocked.Add(ref _taken, Batch) - Batch is var start && start < frontier.Count && !_enough())
        {
            for (var i = start; i < Math.Min(start + Batch, frontier.Count); i++)
            {
                var (id, world) = frontier[i];
                frontier[i] = default;
                Expand(id, world, next, sink, found, edges);
            }
        }

        if (edges.Count > 0)
            _edges.Add([.. edges]);
        return found;
    }

    private void Expand(int id, TWorld world, Successors<TWorld> next, ByteSink sink, List<(int Id, TWorld World)> found, List<(int From, int To)> edges)
    {
        next.Items.Clear();
        model.Expand(world, next);
        var closed = model.IsClosed(world);
        var moved = false;
        for (var choice = 0; choice < next.Items.Count; choice++)
        {
            var to = Reach(next.Items[choice].World, new Origin(id, checked((ushort)choice)), sink, found);
            if (to == id)
                continue;
            moved = true;
            if (closed)
                edges.Add((id, to));
        }

        Interlocked.Add(ref _transitions, next.Items.Count);
        if (closed && !moved && model.JudgeEnd(world) is { } violation)
            _violations.Add((id, violation));
    }

    private int Reach(TWorld world, Origin origin, ByteSink sink, List<(int Id, TWorld World)> found)
    {
        sink.Clear();
        model.Encode(world, sink);
        var (id, isNew) = _visited.Add(Fingerprint.Of(sink.Written), origin);
        if (!isNew)
            return id;
        if (model.Judge(world) is { } violation)
            _violations.Add((id, violation));
        else
            found.Add((id, world));
        return id;
    }

    /// <summary>The way to a state, played again from the beginning.</summary>
    private List<TraceLine> Retrace(int id)
    {
        var choices = new Stack<ushort>();
        for (var at = id; at >= 0; at = _visited[at].Parent)
            choices.Push(_visited[at].Choice);
        var world = model.Initial.ElementAt(choices.Pop());
        var lines = new List<TraceLine> { new("", model.Describe(world), world) };
        var next = new Successors<TWorld>();
        while (choices.TryPop(out var choice))
        {
            next.Items.Clear();
            model.Expand(world, next);
            (var happening, world) = next.Items[choice];
            lines.Add(new(happening.ToString(), model.Describe(world), world));
        }

        return lines;
    }
}

/// <summary>What an exploration came to.</summary>
/// <param name="States">How many different states were reached.</param>
/// <param name="Transitions">How many times something happened.</param>
/// <param name="Depth">How many steps the farthest state is away; when time ran out: up to how many steps every state was looked at.</param>
/// <param name="Complete">Whether there was nothing more to explore (or a violation ended it).</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Counterexample">The first violation; null when no law was broken.</param>
internal sealed record Exploration(int States, long Transitions, int Depth, bool Complete, TimeSpan Elapsed, Counterexample? Counterexample);

/// <summary>A violation and a shortest way to it.</summary>
internal sealed record Counterexample(Violation Violation, IReadOnlyList<TraceLine> Lines)
{
    public override string ToString() =>
        $"{Violation}\n" + string.Join('\n', Lines.Select((l, i) => $"{i,3}  {l.Step,-64} {l.Then}".TrimEnd()));
}

/// <summary>One step of a trace, and where it led.</summary>
/// <param name="Step">What happened; empty for the beginning.</param>
/// <param name="Then">The world that came of it, in a line.</param>
/// <param name="World">That world itself.</param>
internal sealed record TraceLine(string Step, string Then, object World);
