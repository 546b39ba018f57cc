using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Scenarios;

/// <summary>The lines of a scenario, by the steps of the trace that they come from.</summary>
internal sealed class Script(string vm)
{
    /// <summary>Of one step what has to stand before others, then the step itself, then what follows.</summary>
    private readonly SortedDictionary<(int Step, int Place, int Number), (string Anchor, string Text)> _lines = [];

    public void Add(IReadOnlyList<TraceLine> trace, int step, Move move)
    {
        switch (move)
        {
            case Move.Line(var text):
                Put(trace, step, 1, text);
                break;
            case Move.Fault fault:
                var life = ((World)trace[step - 1].World).State.Last;
                Put(trace, BeginOf(trace, step, fault.Since), fault.Since == FaultPlace.Here ? 1 : 0, fault.Begin);
                _lines[(step, 2, _lines.Count)] = ($"when {vm}/{life} journals {fault.Until}: ", fault.End);
                break;
            case Move.Both(var first, var second):
                Add(trace, step, first);
                Add(trace, step, second);
                break;
            case Move.Unspoken:
                _lines[(step, 1, _lines.Count)] = ("", $"# no word for: {trace[step].Step}");
                break;
        }
    }

    public override string ToString()
    {
        var last = "";
        var text = new System.Text.StringBuilder();
        foreach (var (anchor, line) in _lines.Values)
        {
            // What the line before has waited for need not be waited for again.
            text.Append(anchor == last ? "" : anchor).Append(line).Append('\n');
            if (!line.StartsWith('#') && anchor.Length > 0)
                last = anchor;
        }

        return text.ToString();
    }

    private void Put(IReadOnlyList<TraceLine> trace, int step, int place, string text) =>
        _lines[(step, place, _lines.Count)] = (Anchors.Of((World)trace[step - 1].World, vm, text.StartsWith("guest ", StringComparison.Ordinal)), text);

    private static int BeginOf(IReadOnlyList<TraceLine> trace, int step, FaultPlace since)
    {
        var now = ((World)trace[step - 1].World).State;
        return since switch
        {
            FaultPlace.BeforeTheLife => First(s => s.Last == now.Last),
            FaultPlace.BeforeTheBackup => First(s => s.Operations.Any(o => o.Kind == "Backup" && now.Operations.Contains(o))),
            _ => step,
        };

        int First(Func<Domain.VmState, bool> holds)
        {
            for (var i = 1; i < step; i++)
            {
                if (holds(((World)trace[i].World).State))
                    return i;
            }

            return step;
        }
    }
}
