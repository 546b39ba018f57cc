using VmSupervisor.Domain;
using VmSupervisor.Model.Engine;

namespace VmSupervisor.Model.Worlds;

/// <summary>Hooks: as <c>HookRunner</c>, whose claims and runners outlive the supervisor.</summary>
internal sealed partial class EffectMoves
{
    /// <summary>A runner is spawned when there is none; its end is found in the state directory, by whoever looks.</summary>
    private void RunHooks(Place at, Effect.RunHooks run, Successors<World> next)
    {
        var world = at.World;
        var slot = at.Lingers ? world.Lingering[at.Index] : world.Effects[at.Index];
        switch (HookOf(world, run.Incarnation, run.Phase))
        {
            case null:
            case { Progress: HookProgress.Over } when !rules.HooksAreClaimed && slot.Stage == 0:
                next.Add(new("a runner of the {0} hooks of {1} is spawned", run.Phase, run.Incarnation),
                    at.With(Host.Spawn(world, run.Incarnation.Value, run.Phase), slot with { Stage = 1 }));
                break;
            case { Progress: HookProgress.Over } hook when world.Awake && !at.Lingers:
                actor.See(at.Over(slot), Ended(run.Incarnation, run.Phase, hook.Outcome), new("the end of the {0} hooks is seen: {1}", run.Phase, hook.Outcome), next);
                break;
        }
    }

    /// <summary>Takes the claim itself, or kills what runs; then there is a result.</summary>
    private void EndHooks(Place at, Slot slot, Effect.EndHooks end, Successors<World> next)
    {
        var world = at.World;
        var hook = HookOf(world, end.Incarnation, end.Phase);
        if (hook is { Progress: HookProgress.Over } over)
        {
            if (world.Awake && !at.Lingers)
                actor.See(at.Over(slot), Ended(end.Incarnation, end.Phase, over.Outcome), new("the end of the {0} hooks is seen: {1}", end.Phase, over.Outcome), next);
            return;
        }

        var outcome = hook is { Progress: HookProgress.Running } ? HookStatus.Killed : HookStatus.NeverBegan;
        next.Add(new("the {0} hooks are ended: {1}", end.Phase, outcome), at.With(Host.EndHook(world, end.Incarnation.Value, end.Phase, outcome), slot with { Stage = 1 }));
    }
}
