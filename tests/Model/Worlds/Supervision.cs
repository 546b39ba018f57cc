using VmSupervisor.Domain;
using VmSupervisor.Model.Engine;

namespace VmSupervisor.Model.Worlds;

/// <summary>The supervisor goes away and comes back: replay, then probe, then the same as always.</summary>
internal sealed class Supervision(Rules rules, Bounds bounds, Actor actor)
{
    public void Expand(World world, Successors<World> next)
    {
        if (!world.Up)
            Start(world, next);
        else if (world.Probed is { } finding)
            actor.See(world with { Probed = null }, new Observation.Recovered(world.State.Current!.Number, finding), new("the probe's finding is taken up: {0}", finding), next);
        if (world.Up && world.Crashes > 0)
            Crash(world, next);
        if (!rules.AppendsFirst && world.Up && !ReferenceEquals(world.Journal, world.Memory))
            next.Add(new("the append is durable"), world with { Journal = world.Memory });
    }

    /// <summary>All that was in memory is gone. Guests, hooks and what is held are not asked.</summary>
    public static World Down(World world) =>
        world with { Up = false, Memory = world.Journal, Probed = null, Effects = [], Lingering = [], Strays = [] };

    private void Crash(World world, Successors<World> next)
    {
        var down = Down(world) with { Crashes = world.Crashes - 1 };
        next.Add(new("the supervisor is killed"), down);

        // The journal did not answer: only the actor begins anew, and what it gave up may not have noticed.
        if (world.Faults == 0 || !bounds.Kinds.HasFlag(Fault.ActorRestarts))
            return;
        foreach (var slot in world.Effects.Where(s => s.Report is null && s.Stage != Slot.Over && EffectMoves.Acts(s)))
        {
            next.Add(new("the actor is restarted ({0} has not noticed)", slot.Effect.GetType().Name),
                down with { Faults = world.Faults - 1, Lingering = [slot] });
        }
    }

    /// <summary>A lock that is free proves that nothing lives; one that is held by a dying process is waited for, in vain perhaps.</summary>
    private void Start(World world, Successors<World> next)
    {
        var up = world with { Up = true };
        if (world.State.Current is not { MayLive: true } life)
        {
            next.Add(new("the supervisor is started"), actor.Begin(up));
            return;
        }

        var process = world.Processes.FirstOrDefault(p => p.N == life.Number.Value);
        var identity = Host.IdentityOf(world, life.Number);
        Finding finding = process switch
        {
            { N: 0 } => new Finding.Gone(life.Process is { } recorded && recorded.BootId != identity.BootId),
            { Dying: true } => new Finding.Ambiguous("it is ending"),
            _ => new Finding.Alive(identity, process.Hung ? null : process.Guest),
        };
        next.Add(new("the supervisor is started and finds: {0}", finding), up with { Probed = finding });
        if (process.N == 0 || process.Dying || world.Faults == 0 || !bounds.Kinds.HasFlag(Fault.ProbeFails))
            return;
        var worse = up with { Faults = world.Faults - 1 };
        next.Add(new("the supervisor is started and is not certain"), worse with { Probed = new Finding.Ambiguous("not certain") });
        if (!process.Hung)
            next.Add(new("the supervisor is started, and the monitor does not answer it"), worse with { Probed = new Finding.Alive(identity, null) });
    }
}
