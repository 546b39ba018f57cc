using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Model.Engine;

namespace VmSupervisor.Model.Worlds;

/// <summary>What goes through the gate, one at a time: bringing up, extinguishing, releasing.</summary>
internal sealed partial class EffectMoves
{
    private bool MayEnter(World world) => !rules.HasGate || GateIsFree(world);

    /// <summary>Stage k: k-1 steps are acquired; behind them the spawn, then the wait for the greeting.</summary>
    private void BringUp(Place at, Slot slot, Effect.BringUp effect, Successors<World> next)
    {
        var (world, n, plan) = (at.World, effect.Incarnation, slot.Life!.Plan);
        if (slot.Stage == 0)
        {
            if (MayEnter(world))
                next.Add(new("BringUp {0} begins", n), at.With(slot with { Stage = 1 }));
            return;
        }

        var step = slot.Stage - 1;
        var failed = slot with { Report = new Observation.BringUpFailed(n, "failed") };
        if (step < plan.Count)
        {
            if (plan[step] is Step.SavedMemory { Discard: false } memory && !Host.Has(world, Host.KeyOf(n.Value, memory)))
            {
                next.Add(new("{0} is not there", plan[step].Name), at.With(failed));
                return;
            }

            var acquired = Host.Acquire(world, n.Value, plan[step]);
            next.Add(new("{0} is acquired for {1}", plan[step].Name, n), at.With(acquired, slot with { Stage = slot.Stage + 1 }));
            if (May(world, Fault.AcquireFails))
            {
                next.Add(new("{0} cannot be acquired", plan[step].Name), Spend(at.With(failed)));
                next.Add(new("{0} cannot be acquired, and something of it is left", plan[step].Name), Spend(at.With(acquired, failed)));
            }
        }
        else if (step == plan.Count)
        {
            if (!Exists(world, n))
                next.Add(new("QEMU of {0} is spawned", n), at.With(Host.SpawnQemu(world, n.Value, slot.Life.Restores), slot with { Stage = slot.Stage + 1 }));
            if (May(world, Fault.LaunchFails))
                next.Add(new("QEMU cannot be spawned"), Spend(at.With(failed)));
        }
        else
        {
            var process = world.Processes.FirstOrDefault(p => p.N == n.Value);
            if (process is { N: > 0, Dying: false, Hung: false })
                next.Add(new("QEMU of {0} greets", n), at.With(slot with { Report = new Observation.Launched(n, Host.IdentityOf(world, n), "") }));
            else if (process.N == 0 || process.Hung)
                next.Add(new("the launch fails"), at.With(failed));
            if (May(world, Fault.LaunchFails))
                next.Add(new("the launch fails, and QEMU may live"), Spend(at.With(failed)));
        }
    }

    private void Extinguish(Place at, Slot slot, Effect.Extinguish effect, Successors<World> next)
    {
        var (world, n) = (at.World, effect.Incarnation);
        if (slot.Stage == 0)
        {
            if (MayEnter(world))
                next.Add(new("Extinguish {0} kills what it finds", n), at.With(Host.Die(world, n.Value), slot with { Stage = 1 }));
        }
        else if (Exists(world, n))
        {
            // What came into sight later is killed as well.
            if (world.Processes.Any(p => p.N == n.Value && !p.Dying))
                next.Add(new("Extinguish {0} kills what it finds", n), at.With(Host.Die(world, n.Value), slot));
        }
        else if (world.Awake && !at.Lingers)
        {
            actor.See(at.Over(slot), new Observation.Extinguished(n, ProcessExit.Unknowable), new("the lock of {0} is free: extinguished", n), next);
        }
    }

    /// <summary>Stage k: k-1 steps were tried.</summary>
    private void Release(Place at, Slot slot, Effect.Release effect, Successors<World> next)
    {
        var (world, n, steps) = (at.World, effect.Incarnation, effect.Steps);
        if (slot.Stage == 0)
        {
            if (MayEnter(world))
                next.Add(new("Release {0} begins", n), at.With(slot with { Stage = 1 }));
            return;
        }

        var step = slot.Stage - 1;
        if (step < steps.Count)
        {
            next.Add(new("{0} of {1} is released", steps[step].Name, n), at.With(Host.Release(world, n.Value, steps[step]), slot with { Stage = slot.Stage + 1 }));
            if (May(world, Fault.ReleaseFails))
                next.Add(new("{0} cannot be released", steps[step].Name), Spend(at.With(slot with { Stage = slot.Stage + 1, Failed = slot.Failed | (1 << step) })));
        }
        else if (world.Awake && !at.Lingers)
        {
            var failures = steps.Where((_, i) => (slot.Failed & (1 << i)) != 0).Select(s => new StepFailure(s.Name, "busy")).ToValueList();
            actor.See(at.Over(slot), new Observation.ReleasePassed(n, failures), new("Release {0}: {1}", n, failures.Count == 0 ? "all is released" : "not all is released"), next);
        }
    }

    private bool May(World world, Fault kind) => world.Faults > 0 && bounds.Kinds.HasFlag(kind);

    private static World Spend(World world) => world with { Faults = world.Faults - 1 };
}
