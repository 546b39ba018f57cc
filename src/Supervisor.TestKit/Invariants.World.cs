using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;

namespace VmSupervisor.TestKit;

/// <summary>What the world sees, when it sees it.</summary>
internal sealed partial class Invariants
{
    /// <summary>A supervisor is gone: whatever lives and was not dying is to live when the next one comes.</summary>
    public void SupervisorGone() => _outliving = [.. _node.Hypervisor.Living.Where(p => p.Dying is null)];

    /// <summary>A supervisor begins.</summary>
    public void SupervisorBegins()
    {
        foreach (var process in _outliving.Where(p => p.Dying is not null && !p.KilledFromOutside))
            Check(false, Invariant.GuestsOutlive, $"vm {process.Vm} incarnation {process.Incarnation}: its process ended without a supervisor");
        _outliving = [];
    }

    private void Spawned(SimulatedProcess process)
    {
        Caused(process.Vm, process.Incarnation, nameof(Effect.BringUp));
        foreach (var other in _node.Hypervisor.Living.Where(p => p != process && p.Vm == process.Vm))
            Check(false, Invariant.NeverTwo, $"vm {process.Vm}: incarnation {process.Incarnation} is spawned while one of {other.Incarnation} lives");
    }

    private void Ending(SimulatedProcess process)
    {
        ReadJournal();
        string[] reasons = [nameof(Effect.Quit), nameof(Effect.Terminate), nameof(Effect.Kill), nameof(Effect.Extinguish)];
        Check(
            reasons.Any(r => _durable.WasWanted(process.Vm, process.Incarnation, r)), Invariant.DurableBeforeVisible,
            $"vm {process.Vm} incarnation {process.Incarnation}: its process is ended, and nothing in the journal says why");
    }

    private void Acquiring(ProcessKey key, Step step)
    {
        Caused(key.Vm, key.Incarnation, nameof(Effect.BringUp));
        Check(
            step is Step.Volume { TakeOver: true } || !_node.Resources.Holds(key.Vm, step), Invariant.OneCleanup,
            $"vm {key.Vm} incarnation {key.Incarnation}: {step.Name} is acquired while it is held");
    }

    private void Releasing(ProcessKey key, Step step)
    {
        Caused(key.Vm, key.Incarnation, nameof(Effect.Release));
        if (_node.Resources.ReleaseFails(step) is not null)
            _untidy.Add((key.Vm, key.Incarnation));
        var who = $"vm {key.Vm} incarnation {key.Incarnation}: {step.Name} is released";
        Check(!HasProcess(key.Vm, key.Incarnation), Invariant.NotCleanWhileAlive, $"{who} under a living process");
        Check(!_closed.Contains((key.Vm, key.Incarnation)), Invariant.OneCleanup, $"{who} after the cleanup");
    }

    /// <summary>Whatever is done in the world follows from what was durable before.</summary>
    private void Caused(VmId vm, Incarnation incarnation, string effect)
    {
        ReadJournal();
        Check(
            _durable.WasWanted(vm, incarnation, effect), Invariant.DurableBeforeVisible,
            $"vm {vm} incarnation {incarnation}: {effect} acts, and nothing in the journal says why");
    }

    private bool HasProcess(VmId vm, Incarnation incarnation) => _node.Hypervisor.Living.Any(p => p.Vm == vm && p.Incarnation == incarnation);

    private void CleanedUp(VmId vm, Event.CleanedUp cleaned)
    {
        var life = (vm, cleaned.Incarnation);
        var who = $"vm {vm} incarnation {cleaned.Incarnation}";
        Check(_closed.Add(life), Invariant.OneCleanup, $"{who}: it was cleaned up twice");
        Check(!HasProcess(vm, cleaned.Incarnation), Invariant.NotCleanWhileAlive, $"{who}: it is cleaned up while its process lives");
        var held = _node.Resources.Held.Where(h => h.Vm == vm).Select(h => h.Step).ToArray();
        var kept = cleaned.Kept.Where(k => _node.Resources.Holds(vm, k)).ToArray();
        var told = $"{who}: it is cleaned up, keeping '{string.Join(' ', cleaned.Kept.Select(k => k.Name))}', and '{string.Join(' ', held)}' is held";
        Check(held.Length == kept.Length, Invariant.NothingUnowned, told);

        // A start that did not come as far as its launch may not have activated all that is to be kept.
        Check(!_launched.Contains(life) || kept.Length == cleaned.Kept.Count, Invariant.KeepActiveHolds, told);
        if (_untidy.Contains(life))
            return;
        var released = _node.Resources.Released.Where(r => (r.Vm, r.Incarnation) == life).Select(r => r.Step).ToArray();
        var backwards = _begun[life].Plan.Select(s => s.Name).Reverse().Where(released.Contains);
        Check(released.SequenceEqual(backwards), Invariant.OneCleanup, $"{who}: it was given back in the order '{string.Join(' ', released)}', not backwards");
    }
}
