using VmSupervisor.Simulation.Counting;
using VmSupervisor.Simulation.Plans;
using VmSupervisor.Simulation.Playing;
using VmSupervisor.Simulation.Reducing;

namespace VmSupervisor.Simulation.Sweeping;

/// <summary>Runs many seeds, each on one thread, on all cores. The first failures of each kind are reduced.</summary>
internal sealed class Sweep(Subject subject, int reduced = 2)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, List<long>> _kinds = [];
    private readonly List<Failure> _failures = [];
    private long _next;
    private long _done;

    /// <summary>Told every failure that was reduced, when it is.</summary>
    public Action<Failure>? OnFailure { get; init; }

    /// <summary>Failures that were reduced.</summary>
    public IReadOnlyList<Failure> Failures => _failures;

    /// <summary>How many seeds failed.</summary>
    public int Failed
    {
        get
        {
            lock (_lock)
                return _kinds.Values.Sum(k => k.Count);
        }
    }

    /// <summary>The kinds of failures that were met.</summary>
    public IReadOnlyCollection<string> FailureKinds => _kinds.Keys;

    /// <summary>The seeds that failed in one way, in order.</summary>
    public IReadOnlyList<long> FailedBy(string kind) => [.. _kinds[kind].Order()];

    /// <param name="first">The first seed.</param>
    /// <param name="count">How many.</param>
    /// <param name="progress">Told now and then how many are done.</param>
    /// <returns>What was met.</returns>
    public Tally Of(long first, long count, Action<long>? progress = null)
    {
        _next = first;
        _done = 0;
        var tallies = new Tally[Environment.ProcessorCount];
        Parallel.For(0, tallies.Length, new ParallelOptions { MaxDegreeOfParallelism = tallies.Length }, i => tallies[i] = Work(first + count, progress));
        var all = new Tally();
        foreach (var tally in tallies)
            all.Add(tally);
        return all;
    }

    private Tally Work(long end, Action<long>? progress)
    {
        var tally = new Tally();
        while (Interlocked.Increment(ref _next) - 1 is var seed && seed < end)
        {
            var plan = Planner.Of(seed);
            var outcome = Run.Of(plan, subject, tally);
            if (outcome.Failed)
                Keep(plan, outcome);
            progress?.Invoke(Interlocked.Increment(ref _done));
        }

        return tally;
    }

    private void Keep(Plan plan, RunOutcome outcome)
    {
        int before;
        lock (_lock)
        {
            if (!_kinds.TryGetValue(outcome.Kind, out var seeds))
                _kinds[outcome.Kind] = seeds = [];
            before = seeds.Count;
            seeds.Add(plan.Seed);
        }

        if (before >= reduced)
            return;
        var (shorter, its) = new Reducer(subject).Reduce(plan, outcome);
        lock (_lock)
        {
            var failure = new Failure(plan, outcome, shorter, its);
            _failures.Add(failure);
            OnFailure?.Invoke(failure);
        }
    }
}
