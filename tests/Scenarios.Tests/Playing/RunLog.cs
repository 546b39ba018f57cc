using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Scenarios.Tests.Text;

namespace VmSupervisor.Scenarios.Tests.Playing;

/// <summary>What came of a run, as text: per VM the journal, the hooks and how it ended; the operations; what is left.</summary>
internal static partial class RunLog
{
    /// <summary>Who gives the commands.</summary>
    public const string Caller = "test";

    // What differs from run to run, or stands in the line already.
    private static readonly string[] LeftOut = ["pid", "qemu", "deadline", "due", "output", "name", "kind", "bytes"];

    public static string Of(IReadOnlyList<VmId> vms, IFacts facts, IReadOnlyList<Answer> answers, IReadOnlyList<string> left, bool withFiles)
    {
        var log = new StringBuilder();
        foreach (var vm in vms)
        {
            Section(log, $"journal {vm}", facts.Journal(vm).Where(e => !withFiles || !IsPause(e)).Select(Entry));
            Section(log, $"hooks {vm}", facts.Hooks.Where(h => h.Vm == vm).Select(h => $"{Life(h.Incarnation)} {h.Phase,-10} {h.Cause}"));
        }

        Section(log, "operations", answers.Select(Told));
        Section(log, "vms", vms.SelectMany(vm => End(vm, facts.View(vm))));
        Section(log, "left", left);
        if (withFiles)
            Section(log, "files", facts.Files);
        return log.ToString().TrimEnd();
    }

    /// <summary>Without pids and ids that are made anew each time, and whoever gives the commands.</summary>
    public static string Plain(string text) => Callers().Replace(Ids().Replace(Pids().Replace(text, "process PID"), "ID"), $" by {Caller}");

    private static void Section(StringBuilder log, string title, IEnumerable<string> lines)
    {
        log.Append(title).Append('\n');
        foreach (var line in lines.DefaultIfEmpty("nothing"))
            log.Append("  ").Append(line.TrimEnd()).Append('\n');
    }

    private static string Entry(HistoryEntry entry)
    {
        string?[] words =
        [
            Life(entry.Incarnation.Value), $"{entry.Type,-18}", entry.Cause, entry.Operation?.Value,
            .. entry.Data.Where(d => !IsLeftOut(entry, d.Key)).OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => $"{d.Key}={Words.Quote(d.Value)}"),
        ];
        return string.Join(' ', words.Where(w => !string.IsNullOrEmpty(w)));
    }

    // QEMU's event of a pause or resume and its answer say the same; which of them comes first is nobody's to say.
    private static bool IsLeftOut(HistoryEntry entry, string key) =>
        LeftOut.Contains(key) || (key == "why" && entry.Data.GetValueOrDefault("guest") is "running" or "paused");

    // Of a guest that is paused and continued for a backup or for its memory the other entries tell; its own news come
    // before or after them, or were never asked for by the monitor session that would have told them.
    private static bool IsPause(HistoryEntry entry) => entry.Type == "guest-changed" && entry.Data.GetValueOrDefault("guest") is "running" or "paused";

    private static string Told(Answer answer)
    {
        var status = answer.View?.Status.ToString().ToLowerInvariant() ?? "unanswered";
        var told = answer.View?.Problem?.Detail ?? answer.View?.Note;
        return $"{answer.Operation,-12} {answer.Kind} {answer.Vm}: {status}{(told is null ? "" : $" {Words.Quote(told)}")}";
    }

    private static IEnumerable<string> End(VmId vm, VmView? view) => view is null
        ? [$"{vm} undefined"]
        : [$"{vm}/{view.Incarnation} {view.State} {view.Cause} guest={view.Guest}{(view.Detail.Length > 0 ? $" {Words.Quote(view.Detail)}" : "")}", .. view.Problems.Select(p => $"{vm}/{view.Incarnation} problem {Words.Quote(p)}")];

    private static string Life(long incarnation) => incarnation == 0 ? "-" : incarnation.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@" by uid [0-9]+ \([^)]*\), pid [0-9]+")]
    private static partial Regex Callers();

    [GeneratedRegex("process [0-9]+")]
    private static partial Regex Pids();

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=node-shutdown-)[0-9a-f]+(?=-)")]
    private static partial Regex Ids();
}
