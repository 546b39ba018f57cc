using System.Globalization;
using System.Text;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Proxmox;

namespace VmSupervisor.Model.Proof;

/// <summary>Which histories each of the three flows allows.</summary>
internal static class ComparisonReport
{
    public static string Markdown()
    {
        var rows = Comparison.Scenarios
            .Select(s => (s.Name, Flows: new[] { Comparison.Before(s.Script), Comparison.After(s.Script), Comparison.Ours(s.Script) })).ToArray();
        var text = new StringBuilder("| scenario | (a) before the patch | (b) after it | (c) ours |\n|---|---|---|---|\n");
        foreach (var (name, flows) in rows)
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {string.Join(" | ", flows.Select(Cell))} |\n");
        foreach (var (name, flows) in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n### {name}\n\n```\n");
            foreach (var (flow, histories) in new[] { "(a)", "(b)", "(c)" }.Zip(flows))
            {
                foreach (var (history, i) in histories.Select((h, i) => (h, i + 1)))
                    Append(text, $"{flow} {i} of {histories.Count}", history);
            }

            text.Append("```\n");
        }

        return text.ToString();
    }

    private static string Cell(IReadOnlyList<History> histories)
    {
        var bad = histories.Count(h => h.Broken.Count > 0);
        var laws = histories.SelectMany(h => h.Broken).Select(b => b.Law.Split(' ')[0]).Distinct().Order();
        return bad == 0 ? $"{histories.Count} histories, all good" : $"{bad} of {histories.Count} histories break {string.Join(" and ", laws)}";
    }

    private static void Append(StringBuilder text, string title, History history)
    {
        text.Append(title).Append('\n');
        foreach (var line in history.Lines)
            text.Append("      ").Append(line).Append('\n');
        foreach (var broken in history.Broken)
            text.Append("   ✗  ").Append(broken).Append('\n');
    }
}
