using System.Reflection;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;

namespace VmSupervisor.TestKit;

/// <summary>What the VMs are by what is durable, whatever their actors believe, and what that ever gave reason for.</summary>
internal sealed class DurableStates(Limits limits)
{
    private static readonly Dictionary<Type, PropertyInfo?> Incarnations = typeof(Event).GetNestedTypes()
        .ToDictionary(t => t, t => t.GetProperty(nameof(Event.CleanedUp.Incarnation)));

    private readonly Dictionary<VmId, VmState> _states = [];
    private readonly HashSet<(VmId, Incarnation, string)> _wanted = [];

    public VmState Of(VmId vm) => _states.GetValueOrDefault(vm, Undefined.Never);

    /// <summary>Whether an effect of this kind was wanted at any time.</summary>
    public bool WasWanted(VmId vm, Incarnation incarnation, string effect) => _wanted.Contains((vm, incarnation, effect));

    /// <summary>How the effect of a hook's phase is called here.</summary>
    public static string Hooks(HookPhase phase) => $"{nameof(Effect.RunHooks)} {phase}";

    /// <summary>Takes one event over. Returns false when it is about another life than that which the VM has, or had last.</summary>
    public bool Take(VmId vm, Event e)
    {
        var before = Of(vm);
        var about = (Incarnation?)Incarnations[e.GetType()]?.GetValue(e);
        var after = _states[vm] = Evolution.Evolve(before, e);
        foreach (var effect in Outstanding.Of(after, limits))
            _wanted.Add((vm, effect.Incarnation, effect is Effect.RunHooks hooks ? Hooks(hooks.Phase) : effect.GetType().Name));
        return about is null || about == (before.Current?.Number ?? before.Last);
    }
}
