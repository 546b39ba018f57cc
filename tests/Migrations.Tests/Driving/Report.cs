using System.Globalization;
using System.Text;

namespace VmSupervisor.Migrations.Tests.Driving;

/// <summary>Writes what became of each cell into a document, between two lines that mark the place.</summary>
internal static class Report
{
    private const string From = "<!-- generated: matrix -->", To = "<!-- end: matrix -->";

    public static async Task WriteAsync(string file, IReadOnlyList<CellEnd> ends, IReadOnlyList<TimeSpan> stood)
    {
        var text = await File.ReadAllTextAsync(file);
        var (from, to) = (text.IndexOf(From, StringComparison.Ordinal), text.IndexOf(To, StringComparison.Ordinal));
        if (from < 0 || to < from)
            throw new InvalidOperationException($"{file} has no place for the matrix: {From} … {To}");
        await File.WriteAllTextAsync(file, $"{text[..(from + From.Length)]}\n{Of(ends, stood)}{text[to..]}");
    }

    private static string Of(IReadOnlyList<CellEnd> ends, IReadOnlyList<TimeSpan> stood)
    {
        var text = new StringBuilder();
        var moments = Enum.GetValues<Moment>();
        text.Append(CultureInfo.InvariantCulture, $"| struck | {string.Join(" | ", moments.Select(Words))} |\n|---|{string.Concat(moments.Select(_ => "---|"))}\n");
        foreach (var row in Cell.All.GroupBy(c => (c.Victim, c.Lasts)))
        {
            var cells = moments.Select(m => Text([.. ends.Where(e => (e.Cell.Victim, e.Cell.Lasts, e.Cell.Moment) == (row.Key.Victim, row.Key.Lasts, m))]));
            text.Append(CultureInfo.InvariantCulture, $"| {Words(row.First())} | {string.Join(" | ", cells)} |\n");
        }

        var violations = ends.Count(e => e.Violation is not null);
        text.Append(CultureInfo.InvariantCulture, $"\n{ends.Count} runs of {ends.Select(e => e.Cell).Distinct().Count()} cells, {violations} violations. ");
        text.Append(CultureInfo.InvariantCulture, $"{stood.Count} migrations back and forth: the guest stood still for {Median(stood):0} ms (median), {stood.Max().TotalMilliseconds:0} ms at most; no number missing or repeated.\n");
        return text.ToString();
    }

    private static double Median(IReadOnlyList<TimeSpan> times) => times.Order().ElementAt(times.Count / 2).TotalMilliseconds;

    private static string Text(IReadOnlyList<CellEnd> ends) => ends.Count == 0
        ? "–"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{string.Join(", ", ends.GroupBy(e => e.Violation is null ? Words(e.Outcome) : "**violation**").Select(g => $"{g.Key} ({g.Count()})"))}, {ends.Max(e => e.Settled).TotalSeconds:0.0} s");

    private static string Words(Outcome? outcome) => outcome switch
    {
        Outcome.RunsAtSource => "source",
        Outcome.RunsAtTarget => "target",
        Outcome.CrashedAtSource => "crash at the source",
        Outcome.CrashedAtTarget => "crash at the target",
        _ => "unclear",
    };

    private static string Words(Moment moment) => moment switch
    {
        Moment.Begun => "begun",
        Moment.Prepared => "prepared",
        Moment.Sending => "sending",
        Moment.SwitchingOver => "switching over",
        Moment.FinishRequested => "finish requested",
        Moment.Committed => "committed",
        _ => "runs at the target",
    };

    private static string Words(Cell cell) => (cell.Victim, cell.Lasts) switch
    {
        (Victim.SourceSupervisor, var lasts) => $"source's supervisor, back {When(lasts)}",
        (Victim.TargetSupervisor, var lasts) => $"target's supervisor, back {When(lasts)}",
        (Victim.BothSupervisors, _) => "both supervisors",
        (Victim.Network, var lasts) => $"network, back {When(lasts)}",
        (Victim.SourceQemu, _) => "source's QEMU",
        _ => "target's QEMU",
    };

    private static string When(bool late) => late ? "late" : "in time";
}
