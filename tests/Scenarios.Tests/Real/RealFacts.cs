using System.Globalization;
using System.Text.RegularExpressions;
using VmSupervisor.Client;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.EndToEnd.Tests.Support;
using VmSupervisor.Scenarios.Tests.Playing;

namespace VmSupervisor.Scenarios.Tests.Real;

/// <summary>What a daemon says and what the world shows, fetched at one moment.</summary>
internal sealed partial class RealFacts : IFacts
{
    private readonly Dictionary<VmId, VmView> _views = [];
    private readonly Dictionary<VmId, IReadOnlyList<HistoryEntry>> _journals = [];

    private readonly Node _node;

    private RealFacts(Node node)
    {
        _node = node;
        Hooks = [.. HooksOf(node.World.Hooks())];
    }

    public IReadOnlyList<HookFact> Hooks { get; }

    // Looked at when somebody wants it: all of /proc takes a while.
    public IReadOnlyList<(VmId Vm, long Incarnation)> Processes =>
        [.. _node.World.Processes().Select(p => Lives().Match(p.ToString())).Select(m => (new VmId(Number(m, 1)), (long)Number(m, 2)))];

    public IReadOnlyList<string> Files => RealFiles.Of(_node);

    public static async Task<RealFacts> FetchAsync(Node node, bool isDown, IEnumerable<VmId> vms)
    {
        var facts = new RealFacts(node);
        foreach (var vm in isDown ? [] : vms)
            await facts.FetchAsync(vm);
        return facts;
    }

    public VmView? View(VmId vm) => _views.GetValueOrDefault(vm);

    public IReadOnlyList<HistoryEntry> Journal(VmId vm) => _journals.GetValueOrDefault(vm) ?? [];

    public bool HasEnded(OperationId operation) => _journals.Values.Any(j => j.Any(e => e.Type == "operation-ended" && e.Operation == operation));

    private async Task FetchAsync(VmId vm)
    {
        try
        {
            _views[vm] = await _node.ShowAsync(vm.Value);
        }
        catch (VmsupException e) when (e.Kind == ProblemKind.NotFound)
        {
            // It is not defined, or not any more; its journal is there all the same.
        }

        _journals[vm] = [.. (await _node.HistoryAsync(vm.Value)).Where(e => e.Type is not ("refused" or "ignored"))];
    }

    private static IEnumerable<HookFact> HooksOf(IReadOnlyList<HookNote> notes) => notes.Where(n => n.Word == "begin").Select(begin => new HookFact(
        new(begin.Vm), begin.Incarnation, begin.Phase, begin.Cause,
        notes.Any(n => n.Word == "end" && (n.Vm, n.Incarnation, n.Phase) == (begin.Vm, begin.Incarnation, begin.Phase))));

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("/vms/([0-9]+)/([0-9]+)/")]
    private static partial Regex Lives();
}
