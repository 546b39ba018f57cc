using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Laws;

namespace VmSupervisor.Model.Worlds;

/// <summary>
/// What <c>EffectRunner</c> and the ports behind it do, one action at a time; everything else can happen in between.
/// </summary>
internal sealed partial class EffectMoves(Rules rules, Bounds bounds, Actor actor)
{
    /// <summary>The ways in which each kind of effect acts and reports: what is missing here fails every exploration that reaches it.</summary>
    public void Expand(World world, Successors<World> next)
    {
        for (var i = 0; i < world.Effects.Length; i++)
        {
            var slot = world.Effects[i];
            if (slot.Report is { } report)
            {
                if (world.Awake)
                    actor.See(Put(world, i, slot with { Report = null, Stage = slot.Effect is Effect.FollowGuest ? 0 : Slot.Over }), report, new("{0}: {1}", Name(slot), Tell(report)), next);
            }
            else if (slot.Stage != Slot.Over)
            {
                Act(new Place(world, i, false), slot, next);
            }
        }

        for (var i = 0; i < world.Lingering.Length; i++)
            Linger(world, i, next);
        if (!world.Awake)
            return;
        for (var i = 0; i < world.Strays.Length; i++)
            actor.See(world with { Strays = world.Strays.RemoveAt(i) }, world.Strays[i], new("told late: {0}", Tell(world.Strays[i])), next);
    }

    /// <summary>Whether an effect that was given up, and has not noticed, can still do something to the world.</summary>
    public static bool Acts(Slot slot) => slot.Effect switch
    {
        Effect.RunHooks => slot.Stage == 0,
        Effect.BringUp => slot.InGate,
        Effect.Continue or Effect.Ask or Effect.PowerDown or Effect.Quit or Effect.Terminate or Effect.Kill or Effect.EndHooks => slot.Stage == 0,

        // Beginning and undoing of backups and saved memory must exclude each other, as bringing up and extinguishing do.
        _ => false,
    };

    /// <summary>What an effect that is being given up may have told at the last moment, when that follows from the world.</summary>
    public static Observation? CouldTell(World world, Slot slot) => slot.Effect switch
    {
        Effect.RunHooks run when HookOf(world, run.Incarnation, run.Phase) is { Progress: HookProgress.Over } hook => Ended(run.Incarnation, run.Phase, hook.Outcome),
        Effect.WatchExit watch when !Exists(world, watch.Incarnation) => new Observation.ProcessExited(watch.Incarnation, ProcessExit.Unknowable),
        Effect.WaitUntil wait => new Observation.DeadlinePassed(wait.Incarnation, wait.Deadline),
        _ => null,
    };

    private void Act(Place at, Slot slot, Successors<World> next)
    {
        switch (slot.Effect)
        {
            case Effect.RunHooks run:
                RunHooks(at, run, next);
                break;
            case Effect.EndHooks end:
                EndHooks(at, slot, end, next);
                break;
            case Effect.BringUp bringUp:
                BringUp(at, slot, bringUp, next);
                break;
            case Effect.Extinguish extinguish:
                Extinguish(at, slot, extinguish, next);
                break;
            case Effect.Release release:
                Release(at, slot, release, next);
                break;
            case Effect.Continue go:
                Command(at, slot, "cont", GuestState.Running, new Observation.Continued(go.Incarnation), new Observation.ContinueFailed(go.Incarnation, "failed"), next);
                break;
            case Effect.Ask ask:
                Request(at, slot, ask, next);
                break;
            case Effect.PowerDown:
                PowerDown(at, slot, next);
                break;
            case Effect.Quit:
                End(at, slot, "quit", process => process.Answers, next);
                break;
            case Effect.Terminate:
                End(at, slot, "SIGTERM", process => !process.Hung, next);
                break;
            case Effect.Kill:
                End(at, slot, "SIGKILL", _ => true, next);
                break;
            case Effect.Look look:
                Look(at, slot, look, next);
                break;
            case Effect.BeginBackup begin:
                BeginBackup(at, slot, begin, next);
                break;
            case Effect.FollowBackup copies:
                FollowBackup(at, slot, copies, next);
                break;
            case Effect.UndoBackup undo:
                UndoBackup(at, slot, undo, next);
                break;
            case Effect.SaveMemory save:
                SaveMemory(at, slot, save, next);
                break;
            case Effect.UndoSave undo:
                UndoSave(at, slot, undo, next);
                break;
            case Effect.WatchExit watch:
                WatchExit(at, watch, next);
                break;
            case Effect.FollowGuest follow:
                Follow(at, slot, follow, next);
                break;
            case Effect.WaitUntil wait:
                if (at.World.Awake)
                    actor.See(at.Over(slot), new Observation.DeadlinePassed(wait.Incarnation, wait.Deadline), new("the deadline passes"), next);
                break;
            default:
                throw new NotSupportedException($"the model does not know how {slot.Effect.GetType().Name} happens in the world: say so in tests/Model/Worlds/EffectMoves.cs");
        }
    }

    /// <summary>It acts once, or notices at last; what it saw by then is told.</summary>
    private void Linger(World world, int i, Successors<World> next)
    {
        var slot = world.Lingering[i];
        var at = new Place(world, i, true);
        var none = world.Lingering.RemoveAt(i);
        var ended = world with { Lingering = none };
        var n = slot.Effect.Incarnation;
        next.Add(new("{0}, given up, ends", Name(slot)), n == world.Journal.State.Current?.Number || Promises.HooksLinger(ended, n) ? ended : Promises.Forget(ended, n));
        if (slot.Report is { } report)
        {
            if (world.Strays.Length < bounds.Strays)
                next.Add(new("{0}, given up, ends with {1}", Name(slot), Tell(report)), world with { Lingering = none, Strays = world.Strays.Add(report) });
            return;
        }

        if (slot.Stage != Slot.Over && (Acts(slot) || slot.InGate))
            Act(at, slot, next);
    }

    private static World Put(World world, int i, Slot slot) => world with { Effects = world.Effects.SetItem(i, slot) };

    private static bool Exists(World world, Incarnation n) => world.Processes.Any(p => p.N == n.Value);

    private static Hook? HookOf(World world, Incarnation n, HookPhase phase)
    {
        foreach (var hook in world.Hooks)
        {
            if (hook.N == n.Value && hook.Phase == phase)
                return hook;
        }

        return null;
    }

    private static Observation.HookEnded Ended(Incarnation n, HookPhase phase, HookStatus status) => new(n, phase, new HookOutcome(status, "", ""));

    private static bool GateIsFree(World world) => !world.Effects.Any(s => s.InGate) && !world.Lingering.Any(s => s.InGate);

    private static string Name(Slot slot) => $"{slot.Effect.GetType().Name} {slot.Effect.Incarnation}";

    private static string Tell(Observation seen) => seen switch
    {
        Observation.HookEnded hook => $"{hook.Phase} hooks {hook.Outcome.Status}",
        Observation.GuestChanged guest => $"guest {guest.Guest.ToText()}",
        Observation.Looked looked => $"looked: {looked.Sight}",
        Observation.RequestAnswered answered => $"answered{(answered.Failure is null ? "" : ": failed")}",
        Observation.ReleasePassed passed => passed.Failures.Count == 0 ? "all released" : "not all released",
        _ => seen.GetType().Name,
    };

    /// <summary>Where an effect stands: among those that are wanted, or among those that linger.</summary>
    private readonly record struct Place(World World, int Index, bool Lingers)
    {
        public World With(Slot slot) => With(World, slot);

        public World With(World world, Slot slot) => Lingers
            ? world with { Lingering = world.Lingering.SetItem(Index, slot) }
            : world with { Effects = world.Effects.SetItem(Index, slot) };

        public World Over(Slot slot) => With(slot with { Stage = Slot.Over });

        public World Over(World world, Slot slot) => With(world, slot with { Stage = Slot.Over });
    }
}
