using VmSupervisor.Model.Engine;

namespace VmSupervisor.Model.Tests;

/// <summary>The explorer itself, on graphs that can be counted by hand.</summary>
public sealed class EngineTests
{
    [Fact]
    public void Every_state_is_reached_once()
    {
        var found = Explore(new Graph { Next = n => n < 50 ? [n + 1, n + 2] : [] });
        Assert.Equal((51, 98L, null), (found.States, found.Transitions, found.Counterexample));
    }

    [Fact]
    public void The_trace_to_a_violation_is_a_shortest_one()
    {
        var found = Explore(new Graph { Next = n => [n + 1, n * 3], Bad = n => n == 28 });
        Assert.Equal(["1", "3", "9", "27", "28"], found.Counterexample!.Lines.Select(l => l.Then));
    }

    [Fact]
    public void A_circle_of_closed_states_is_found()
    {
        var found = Explore(new Graph { Next = n => n < 5 ? [n + 1] : [3], Closed = n => n >= 2 });
        Assert.Contains("circle", found.Counterexample!.Violation.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_circle_of_open_states_is_none()
    {
        var found = Explore(new Graph { Next = n => n < 5 ? [n + 1] : [3], Closed = _ => false });
        Assert.Null(found.Counterexample);
    }

    [Fact]
    public void A_closed_state_that_leads_nowhere_is_judged()
    {
        var found = Explore(new Graph { Next = n => n < 5 ? [n + 1, n] : [5], Closed = _ => true, BadEnd = n => n == 5 });
        Assert.Equal("end", found.Counterexample!.Violation.Law);
    }

    [Fact]
    public void Threads_do_not_change_what_is_reached()
    {
        var graph = new Graph { Next = n => n < 20000 ? [n + 1, n + 7, (n * 31) % 20011] : [] };
        Assert.Equal(new Explorer<object>(graph, 1).Run().States, new Explorer<object>(graph, 2).Run().States);
    }

    private static Exploration Explore(Graph graph) => new Explorer<object>(graph, threads: 1).Run();

    private sealed class Graph : IModel<object>
    {
        public required Func<int, int[]> Next { get; init; }

        public Func<int, bool> Bad { get; init; } = _ => false;

        public Func<int, bool> Closed { get; init; } = _ => false;

        public Func<int, bool> BadEnd { get; init; } = _ => false;

        public IEnumerable<object> Initial => [1];

        public void Expand(object world, Successors<object> next)
        {
            foreach (var to in Next((int)world))
                next.Add(new("to {0}", to), to);
        }

        public void Encode(object world, ByteSink code) => code.Number((int)world);

        public Violation? Judge(object world) => Bad((int)world) ? new("bad", "") : null;

        public bool IsClosed(object world) => Closed((int)world);

        public Violation? JudgeEnd(object world) => BadEnd((int)world) ? new("end", "") : null;

        public string Describe(object world) => $"{world}";
    }
}
