using System.Collections.Immutable;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Model.Encoding;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Laws;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Migrations;

/// <summary>What the VM's actor on either node does with one message; see <see cref="Actor"/> for why that is one step.</summary>
internal sealed class MigrationActor(Func<VmState, Input, Limits, Decision> decide, Limits limits, Coverage coverage)
{
    private const int Strays = 1;

    public MigrationWorld See(MigrationWorld world, bool isA, Observation seen) => Take(world, isA, now => new Input.Seen(seen, now)).World;

    public bool Ignores(Side side, Observation seen, DateTimeOffset now) => Decide(side.State, new Input.Seen(seen, now)) is Decision.Ignored;

    public Decision Decide(VmState state, Input input)
    {
        var decision = decide(state, input, limits);
        coverage.Saw(state, input, decision);
        return decision;
    }

    /// <summary>What the node answers afterwards; null while there is no verdict.</summary>
    public (MigrationWorld World, SessionVerdict? Answer) Tell(MigrationWorld world, PeerNote note)
    {
        world = Take(world, isA: false, now => new Input.Told(note, now)).World;
        return (world, Receptions.AnswerTo(world.B.State, note.Session));
    }

    public (MigrationWorld World, bool Refused) Ask(MigrationWorld world, bool isA, Wish wish, OperationId? id = null)
    {
        var name = id ?? OperationId.Parse($"op-{world.Serial + 1}");
        if (world.Of(isA).State.Operations.Any(o => o.Id == name) || world.Of(isA).Ended.Contains(name))
            return (world, false);
        var asked = Take(world with { Serial = world.Serial + 1 }, isA, now => new Input.Asked(new Operation(name, wish.GetType().Name, "client", now, ""), wish, now));
        return (asked.World, asked.Decision is Decision.Refused);
    }

    public IEnumerable<Effect> Wanted(Side side) => Outstanding.Of(side.State, limits);

    /// <summary>Effects begin that the state wants and that are not under way; what others saw may come late.</summary>
    public Side Begin(Side side)
    {
        var wanted = Wanted(side).ToArray();
        var strays = side.Strays;
        foreach (var untold in side.Effects.Where(s => s.Report is not null && !wanted.Contains(s.Effect)))
            strays = strays.Length < Strays ? strays.Add(untold.Report!) : strays;
        return side with
        {
            Strays = strays,
            Effects = [.. wanted.Select(effect => side.Effects.FirstOrDefault(s => s.Effect == effect) ?? new Slot(effect, null))],
        };
    }

    private (MigrationWorld World, Decision Decision) Take(MigrationWorld world, bool isA, Func<DateTimeOffset, Input> input)
    {
        world = world with { Now = world.Now + TimeSpan.FromMilliseconds(1) + TimeSpan.FromTicks(1) };
        var side = world.Of(isA);
        var taken = input(world.Now);
        var decision = Decide(side.State, taken);
        var begins = taken is Input.Seen { Observation: Observation.Recovered };
        if (decision is not Decision.Accepted accepted)
            return (begins ? world.With(isA, Begin(side)) : world, decision);
        var state = side.State;
        foreach (var e in accepted.Events)
        {
            state = Evolution.Evolve(state, e);
            if (e is Event.OperationEnded ended)
                side = side with { Ended = side.Ended.Add(ended.Operation.Id) };
        }

        if (side.Ended.Length != side.Ended.Distinct().Count())
            world = world.Break(Law.OperationsEnd, "an operation ended twice");
        return (world.With(isA, Begin(side with { Journal = new CodedState(state) })), decision);
    }
}
