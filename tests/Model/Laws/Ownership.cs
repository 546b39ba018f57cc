using VmSupervisor.Domain;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Laws;

/// <summary>What exists on the host is what the journal accounts for. Judged in every world.</summary>
internal static class Ownership
{
    public static Violation? Judge(World world)
    {
        var state = world.Journal.State;
        var life = state.Current;
        foreach (var process in world.Processes)
        {
            if (state is CleanedUp or Undefined)
                return new(Law.NotWhileAlive, $"{state.GetType().Name}, and QEMU of incarnation {process.N} is there");
            if (life is not { MayLive: true } || life.Number.Value != process.N)
                return new(Law.NothingUnowned, $"QEMU of incarnation {process.N} is there, and the journal knows of none");
        }

        foreach (var holding in world.Held)
        {
            if (!IsOwned(state, life, holding))
                return new(Law.NothingUnowned, $"{holding.Step} is held by incarnation {holding.Owner}, and no state accounts for it");
        }

        if (state is CleanedUp { Saved: { } saved } && !world.Held.Any(h => IsMemory(saved, h) && h.Owner != Holding.Spent))
            return new(Law.NothingUnowned, $"the memory of incarnation {saved.Of} is to be gone on from, and it is not there or was gone on from");

        foreach (var hook in world.Hooks)
        {
            if (hook.Progress == HookProgress.Running && life?.Number.Value != hook.N)
                return new(Law.HooksBalance, $"{hook.Phase} hooks of incarnation {hook.N} run, which is closed");
        }

        return null;
    }

    private static IEnumerable<Step> OfFiles(VmState state, Life life) =>
        life.Leftovers.Concat(state is Stopping { Phase: StopPhase.Clean clean } ? clean.Steps : []).Where(step => step is Step.SavedMemory or Step.PartialBackup);

    private static bool IsMemory(SavedMemory? memory, Holding holding) =>
        memory is not null && Host.KeyOf(0, new Step.SavedMemory(memory.Of, false)) == holding.Step;

    private static bool IsOwned(VmState state, Life? life, Holding holding) => state switch
    {
        CleanedUp cleaned => cleaned.Kept.Any(step => Host.KeyOf(holding.Owner, step) == holding.Step) || IsMemory(cleaned.Saved, holding),
        Undefined => false,
        Known when OfFiles(state, life!).Any(step => Host.KeyOf(life!.Number.Value, step) == holding.Step) => true,
        Known when IsMemory(life!.Saved, holding) || IsMemory(life.Restores, holding) || IsMemory(life.Discards, holding) => true,
        _ => life!.Plan.Any(step => Host.KeyOf(life.Number.Value, step) == holding.Step
            && (holding.Owner == life.Number.Value ? life.Acquiring : step is Step.Volume { TakeOver: true })),
    };
}
