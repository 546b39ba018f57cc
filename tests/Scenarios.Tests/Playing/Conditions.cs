using VmSupervisor.Contracts;
using VmSupervisor.Scenarios.Tests.Text;

namespace VmSupervisor.Scenarios.Tests.Playing;

internal static class Conditions
{
    public static bool Holds(this Condition condition, IFacts facts) => condition switch
    {
        Condition.State(var vm, var name) => (facts.View(vm)?.State ?? "Undefined") == name,
        Condition.Guest(var vm, var name) => facts.View(vm)?.Guest == name,
        Condition.Problem(var vm) => facts.View(vm)?.Problems.Count > 0,
        Condition.Process(var vm, var life) => facts.Processes.Any(p => p.Vm == vm && (life ?? p.Incarnation) == p.Incarnation),
        Condition.Hook(var vm, var life, var phase, var isOver) => facts.Hooks.Any(h =>
            h.Vm == vm && (life ?? h.Incarnation) == h.Incarnation && h.Phase == phase && (h.IsOver || !isOver)),
        Condition.Journals(var vm, var life, var type, var data) => facts.Journal(vm).Any(e =>
            e.Type == type && (life ?? e.Incarnation.Value) == e.Incarnation.Value && data.All(d => e.Data.GetValueOrDefault(d.Key) == d.Value)),
        Condition.File(var path, var isUnfinished) => facts.Files.Contains(isUnfinished ? FileLines.Unfinished(path) : path),
        Condition.Ended(var operation) => facts.HasEnded(operation),
        _ => throw new InvalidOperationException($"{condition.GetType().Name} is not a condition"),
    };

    /// <summary>The VMs it is about; none when it is about an operation.</summary>
    public static IReadOnlyCollection<VmId> Vms(this Condition condition) => condition switch
    {
        Condition.State(var vm, _) => [vm],
        Condition.Guest(var vm, _) => [vm],
        Condition.Problem(var vm) => [vm],
        Condition.Hook(var vm, _, _, _) => [vm],
        Condition.Process(var vm, _) => [vm],
        Condition.Journals(var vm, _, _, _) => [vm],
        _ => [],
    };
}
