using VmSupervisor.Client;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.EndToEnd.Tests.Support;
using VmSupervisor.Scenarios.Tests.Playing;

namespace VmSupervisor.Scenarios.Tests.Real;

/// <summary>What a daemon says and what the world shows, fetched at one moment.</summary>
internal sealed class RealFacts : IFacts
{
    private readonly Dictionary<VmId, VmView> _views = [];
    private readonly Dictionary<VmId, IReadOnlyList<HistoryEntry>> _journals = [];

    private RealFacts(IReadOnlyList<HookFact> hooks) => Hooks = hooks;

    public IReadOnlyList<HookFact> Hooks { get; }

    public static async Task<RealFacts> FetchAsync(Node node, bool isDown, IEnumerable<VmId> vms)
    {
        var facts = new RealFacts([.. node.World.Hooks().Where(h => h.Word == "begin").Select(h => new HookFact(new(h.Vm), h.Incarnation, h.Phase, h.Cause))]);
        foreach (var vm in isDown ? [] : vms)
            await facts.FetchAsync(node, vm);
        return facts;
    }

    public VmView? View(VmId vm) => _views.GetValueOrDefault(vm);

    public IReadOnlyList<HistoryEntry> Journal(VmId vm) => _journals.GetValueOrDefault(vm) ?? [];

    public bool HasEnded(OperationId operation) => _journals.Values.Any(j => j.Any(e => e.Type == "operation-ended" && e.Operation == operation));

    private async Task FetchAsync(Node node, VmId vm)
    {
        try
        {
            _views[vm] = await node.ShowAsync(vm.Value);
        }
        catch (VmsupException e) when (e.Kind == ProblemKind.NotFound)
        {
            // It is not defined, or not any more; its journal is there all the same.
        }

        _journals[vm] = [.. (await node.HistoryAsync(vm.Value)).Where(e => e.Type is not ("refused" or "ignored"))];
    }
}
