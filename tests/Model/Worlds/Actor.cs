using System.Collections.Immutable;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Model.Encoding;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Laws;

namespace VmSupervisor.Model.Worlds;

/// <summary>
/// What <c>VmActor</c> and <c>EffectTable</c> do with one message: decide, append, evolve, begin and give up effects.
/// </summary>
/// <remarks>
/// <para>It is one step here, though in the daemon other things happen between the decision and the append. That loses no
/// behaviour: a decision reads only the state, and while the append is under way the mailbox is held, so whatever the
/// world does meanwhile it could as well have done before the message was taken. A crash before the append is durable is
/// a crash before the message; a crash after it, before effects begin, is a crash after this step, because beginning
/// an effect changes nothing yet: each first action of an effect is a step of its own. An append that is rejected is a
/// message that comes later.</para>
/// <para>There is no mailbox: an observation is delivered at the moment when the actor takes it. That allows every order
/// that a mailbox allows, and more. What was in a mailbox when its effect was given up is a stray.</para>
/// </remarks>
internal sealed class Actor(Rules rules, Bounds bounds, Coverage coverage)
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    public void See(World world, Observation seen, Happening how, Successors<World> next)
    {
        var now = Later(world, seen);
        Take(now, new Input.Seen(seen, now.Now), how, next);
    }

    /// <summary>Whether taking this up would change nothing.</summary>
    public bool Ignores(World world, Observation seen) =>
        Decide(world.State, new Input.Seen(seen, Later(world, seen).Now)) is Decision.Ignored;

    public void Ask(World world, Wish wish, Happening how, Successors<World> next)
    {
        var id = OperationId.Parse($"op-{world.Serial + 1}");
        var now = world with { Serial = world.Serial + 1, Now = world.Now + Tick };
        Take(now, new Input.Asked(new Operation(id, wish.GetType().Name, "client", now.Now, ""), wish, now.Now), how, next);
    }

    /// <summary>The effects of a state that was just recovered; nothing is under way.</summary>
    public World Begin(World world) => world with { Effects = Begun(world.State, []) };

    private static World Later(World world, Observation seen)
    {
        // A deadline that passed is over by the clock, too.
        var now = world.Now;
        if (seen is Observation.DeadlinePassed { Deadline: var deadline } && deadline > now)
            now = new DateTimeOffset(deadline.Ticks - (deadline.Ticks % TimeSpan.TicksPerMillisecond) + (now.Ticks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero)
                + TimeSpan.FromMilliseconds(1);
        return world with { Now = now + Tick };
    }

    private Decision Decide(VmState state, Input input)
    {
        var decision = rules.Decide(state, input);
        coverage.Saw(state, input, decision);
        return decision;
    }

    private void Take(World world, Input input, Happening how, Successors<World> next)
    {
        switch (Decide(world.State, input))
        {
            case Decision.Accepted accepted:
                Accept(world, input, accepted.Events, how, next);
                break;
            case Decision.Ignored or Decision.Refused:
                // Effects begin after the probe, whatever it found.
                next.Add(how, input is Input.Seen { Observation: Observation.Recovered } ? Begin(world) : world);
                break;
        }
    }

    private void Accept(World world, Input input, ValueList<Event> events, Happening how, Successors<World> next)
    {
        var before = world.State;
        var state = before;
        foreach (var e in events)
            state = rules.Evolve(state, e);

        world = Operations.Judge(world, before, state, input, events);
        if (input is Input.Seen seen && seen.Observation.Incarnation != Transition.About(before, seen.Observation))
            world = world.Break(Law.LateNews, $"{seen.Observation.GetType().Name} of incarnation {seen.Observation.Incarnation} changed incarnation {before.Last}");
        var memory = new CodedState(state);
        world = Promises.Follow(world with { Memory = memory, Journal = rules.AppendsFirst ? memory : world.Journal }, before, input, events);
        GiveUp(world, events, how, next);
    }

    /// <summary>
    /// An effect that is given up before it acted vanishes, or has not noticed yet and acts once more (that is a fault's
    /// worth of bad luck); what it had seen but not told is still told.
    /// </summary>
    private void GiveUp(World world, ValueList<Event> events, Happening how, Successors<World> next)
    {
        void Add(Happening happening, World then) => next.Add(happening, Promises.Forget(then, events, rules.ClaimsWaitForHooks));
        var wanted = Begun(world.State, world.Effects);
        var given = world.Effects.Where(e => !wanted.Any(w => w.Effect == e.Effect)).ToArray();
        var quiet = world with { Effects = wanted };
        foreach (var slot in given)
        {
            if (slot.Report is { } untold && world.Strays.Length < bounds.Strays)
                quiet = quiet with { Strays = quiet.Strays.Add(untold) };
        }

        Add(how, quiet);
        foreach (var slot in given.Where(s => s.Report is null && s.Stage != Slot.Over))
        {
            if (EffectMoves.CouldTell(quiet, slot) is { } told && quiet.Strays.Length < bounds.Strays)
                Add(how with { Format = how.Format + " (what " + slot.Effect.GetType().Name + " saw is told late)" }, quiet with { Strays = quiet.Strays.Add(told) });
            if (quiet.Faults > 0 && bounds.Kinds.HasFlag(Fault.Lingers) && EffectMoves.Acts(slot))
                Add(how with { Format = how.Format + " (" + slot.Effect.GetType().Name + " has not noticed)" }, quiet with { Faults = quiet.Faults - 1, Lingering = quiet.Lingering.Add(slot) });
        }
    }

    private ImmutableArray<Slot> Begun(VmState state, ImmutableArray<Slot> there) =>
        [.. rules.Wanted(state).Select(effect => there.FirstOrDefault(s => s.Effect == effect) ?? new Slot(effect, state.Current))];
}
