using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.Actors.TestKit.Journals;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.TestKit;

namespace VmSupervisor.Simulation.Counting;

/// <summary>What runs have met, counted: so that one knows what the seeds have never met. Of one thread; several are added up.</summary>
internal sealed class Tally
{
    private const string NoRoom = "Full";

    private readonly Limits _limits = new();

    /// <summary>Which states were decided in, with their phases.</summary>
    public Counter Phases { get; } = new();

    /// <summary>Which inputs met which state, coarsely, whatever followed.</summary>
    public Counter Meetings { get; } = new();

    /// <summary>What followed: state and phase, input, and the next state or that it was ignored or refused.</summary>
    public Counter Transitions { get; } = new();

    public Counter Events { get; } = new();

    public Counter Failures { get; } = new();

    public Counter StoreFaults { get; } = new();

    /// <summary>Which effects were under way when the supervisor was killed, by what was durable.</summary>
    public Counter KilledUnder { get; } = new();

    /// <summary>Which events were being committed when it was killed, and whether they turned out to be durable.</summary>
    public Counter KilledCommitting { get; } = new();

    /// <summary>How many writes shared a commit.</summary>
    public Counter Batches { get; } = new();

    public long Runs { get; private set; }

    public long Steps { get; private set; }

    public long Kills { get; private set; }

    private IEnumerable<(Counter Mine, Func<Tally, Counter> Its)> All =>
    [
        (Phases, t => t.Phases), (Meetings, t => t.Meetings), (Transitions, t => t.Transitions), (Events, t => t.Events), (Failures, t => t.Failures),
        (StoreFaults, t => t.StoreFaults), (KilledUnder, t => t.KilledUnder), (KilledCommitting, t => t.KilledCommitting), (Batches, t => t.Batches),
    ];

    public static IReadOnlyList<string> AllStoreFaults { get; } = [.. Enum.GetNames<StoreFault>(), NoRoom];

    public void Decided(VmId vm, VmState state, Input input, Decision decision)
    {
        var phase = Kinds.Of(state);
        var kind = Kinds.Of(input);
        Phases.Add(phase);
        Meetings.Add(Kinds.Coarse(state), kind);
        if (input is Input.Seen { Observation: var seen } && Kinds.FailureOf(seen) is { } failure)
            Failures.Add(failure);
        if (decision is Decision.Accepted accepted)
        {
            foreach (var e in accepted.Events)
            {
                Events.Add(e.GetType().Name);
                state = Evolution.Evolve(state, e);
            }

            Transitions.Add(phase, kind, Kinds.Of(state));
        }
        else
        {
            Transitions.Add(phase, kind, decision.GetType().Name);
        }
    }

    public void Store(StoreFault? fault) => StoreFaults.Add(fault is { } one ? one.ToString() : NoRoom);

    public void Killed(SimulatedNode node, bool commitSurvives)
    {
        Kills++;
        foreach (var write in node.Disk!.Committing.OfType<JournalWrite.Append>())
        {
            foreach (var e in write.Request.Events)
                KilledCommitting.Add(e.Type, commitSurvives ? "survives" : "is lost");
        }

        foreach (var view in node.Supervisor.List())
        {
            foreach (var effect in Outstanding.Of(node.Invariants.Durable(view.Id), _limits))
                KilledUnder.Add(effect.GetType().Name);
        }
    }

    public void Ended(SimulatedNode node)
    {
        Runs++;
        Steps += node.Dispatcher.Steps;
        foreach (var (size, count) in node.Disk!.BatchSizes)
            Batches.Add(size.ToString("00", System.Globalization.CultureInfo.InvariantCulture), count);
    }

    public void Add(Tally other)
    {
        foreach (var (mine, its) in All)
            mine.Add(its(other));
        Runs += other.Runs;
        Steps += other.Steps;
        Kills += other.Kills;
    }
}
