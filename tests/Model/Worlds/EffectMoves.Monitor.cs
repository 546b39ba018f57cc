using VmSupervisor.Domain;
using VmSupervisor.Model.Engine;

namespace VmSupervisor.Model.Worlds;

/// <summary>What goes through the monitor or a pidfd. Every one names its incarnation, and finds nothing when that is gone.</summary>
internal sealed partial class EffectMoves
{
    private void Request(Place at, Slot slot, Effect.Ask ask, Successors<World> next)
    {
        GuestState? guest = ask.Request switch
        {
            GuestRequest.Pause => GuestState.Paused,
            GuestRequest.Resume => GuestState.Running,
            GuestRequest.Reset => null,
            _ => throw new NotSupportedException($"the model does not know the request {ask.Request}: say in tests/Model/Worlds/EffectMoves.Monitor.cs what it does to a guest"),
        };
        Command(
            at, slot, ask.Request.ToString(), guest, new Observation.RequestAnswered(ask.Incarnation, ask.Operation, null),
            new Observation.RequestAnswered(ask.Incarnation, ask.Operation, "failed"), next);
    }

    /// <summary>Done and answered; refused or unreachable; as a fault also done and not answered, or not answered at all.</summary>
    private void Command(Place at, Slot slot, string name, GuestState? guest, Observation done, Observation failed, Successors<World> next)
    {
        var (world, n) = (at.World, slot.Effect.Incarnation.Value);
        var process = world.Processes.FirstOrDefault(p => p.N == n);
        var ends = process.Guest is GuestState.Shutdown or GuestState.Panicked;
        if (process is not { N: > 0, Dying: false, Hung: false } || ends)
        {
            next.Add(new("{0} fails: {1}", name, ends ? "refused" : "unreachable"), at.With(slot with { Report = failed }));
            return;
        }

        var after = guest is { } state && !(state == GuestState.Paused && process.Guest == GuestState.Prelaunch) ? Host.Change(world, n, state) : world;
        next.Add(new("{0} is done", name), at.With(after, slot with { Report = done }));
        if (!May(world, Fault.MonitorFails))
            return;
        next.Add(new("{0} is done, and not answered", name), Spend(at.With(after, slot with { Report = failed })));
        next.Add(new("{0} fails", name), Spend(at.With(slot with { Report = failed })));
    }

    private void PowerDown(Place at, Slot slot, Successors<World> next)
    {
        var (world, n) = (at.World, slot.Effect.Incarnation);
        var process = world.Processes.FirstOrDefault(p => p.N == n.Value);
        var failed = slot with { Report = new Observation.PowerDownFailed(n, "failed") };
        if (process is not { N: > 0, Dying: false, Hung: false })
        {
            next.Add(new("the power button cannot be pressed"), at.With(failed));
            return;
        }

        next.Add(new("the power button is pressed"), at.Over(Host.Press(world, n.Value, process.Guest == GuestState.Running), slot));
        if (May(world, Fault.MonitorFails))
            next.Add(new("the power button cannot be pressed"), Spend(at.With(failed)));
    }

    private static void End(Place at, Slot slot, string how, Func<Qemu, bool> works, Successors<World> next)
    {
        var (world, n) = (at.World, slot.Effect.Incarnation.Value);
        var process = world.Processes.FirstOrDefault(p => p.N == n);
        var hit = process is { N: > 0, Dying: false } && works(process);
        next.Add(new(hit ? "{0} ends QEMU of {1}" : "{0} of {1} has no effect", how, n), at.Over(hit ? Host.Die(world, n) : world, slot));
    }

    private void Look(Place at, Slot slot, Effect.Look look, Successors<World> next)
    {
        var world = at.World;
        var process = world.Processes.FirstOrDefault(p => p.N == look.Incarnation.Value);
        Sight sight = process switch
        {
            { N: 0 } or { Dying: true } => new Sight.Dying(),
            { Hung: true } => new Sight.Unresponsive(),
            _ => new Sight.Answers(process.Guest),
        };
        next.Add(new("Look {0} sees: {1}", look.Incarnation, sight), at.With(slot with { Report = new Observation.Looked(look.Incarnation, look.Operation, sight) }));
        if (sight is Sight.Answers && May(world, Fault.MonitorFails))
        {
            next.Add(new("Look {0} gets no answer in time", look.Incarnation),
                Spend(at.With(slot with { Report = new Observation.Looked(look.Incarnation, look.Operation, new Sight.Unresponsive()) })));
        }
    }

    /// <summary>The pidfd: never before the process is gone, at any time after.</summary>
    private void WatchExit(Place at, Effect.WatchExit watch, Successors<World> next)
    {
        if (at.World.Awake && !Exists(at.World, watch.Incarnation))
            actor.See(at.Over(at.World.Effects[at.Index]), new Observation.ProcessExited(watch.Incarnation, ProcessExit.Unknowable), new("the exit of {0} is seen", watch.Incarnation), next);
    }

    /// <summary>
    /// The guest's state when it is not what was told last; what changed twice may be told once. The end of the monitor,
    /// any number of times, and also when the process lives on.
    /// </summary>
    private void Follow(Place at, Slot slot, Effect.FollowGuest follow, Successors<World> next)
    {
        var world = at.World;
        var process = world.Processes.FirstOrDefault(p => p.N == follow.Incarnation.Value);
        if (process is { N: > 0, Dying: false, Hung: false } && process.Guest != slot.Told)
        {
            next.Add(new("the monitor says: guest {0}", process.Guest.ToText()),
                at.With(slot with { Stage = 1, Told = process.Guest, Report = new Observation.GuestChanged(follow.Incarnation, process.Guest, "") }));
        }

        var closed = new Observation.MonitorClosed(follow.Incarnation, "EOF");
        if (world.Awake && process.Dying && !actor.Ignores(world, closed))
            actor.See(world, closed, new("the monitor of {0} closes", follow.Incarnation), next);
        if (May(world, Fault.GuestResets) && world.Awake && process is { N: > 0, Dying: false, Guest: GuestState.Running })
            actor.See(Spend(world), new Observation.GuestReset(follow.Incarnation, true), new("the guest resets itself"), next);
    }
}
