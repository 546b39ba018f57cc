using System.Globalization;
using System.Text;

namespace VmSupervisor.Simulation.Counting;

/// <summary>What was met and what was not, in words.</summary>
internal static class Report
{
    public static string Of(Tally tally)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{tally.Runs:N0} runs, {tally.Steps:N0} steps, {tally.Kills:N0} kills of the supervisor");
        Met(text, "states with phases", tally.Phases, Kinds.Phases);
        Met(text, "inputs in states", tally.Meetings, Expected.Meetings, m => Count(tally.Meetings, m));
        text.AppendLine(CultureInfo.InvariantCulture, $"transitions (state, input, next state): {tally.Transitions.Kinds} kinds, {tally.Transitions.Total:N0} taken");
        Met(text, "events", tally.Events, Kinds.Events);
        Met(text, "effects under way when the supervisor was killed", tally.KilledUnder, Kinds.Effects);
        Met(text, "failures of effects", tally.Failures, Expected.Failures);
        Met(text, "faults of the store", tally.StoreFaults, Tally.AllStoreFaults);
        text.AppendLine(CultureInfo.InvariantCulture, $"events in a commit that a kill cut off: {tally.KilledCommitting.Kinds} kinds (survived or lost), {tally.KilledCommitting.Total:N0} times");
        text.AppendLine(CultureInfo.InvariantCulture, $"writes in a commit: {string.Join(", ", tally.Batches.Counts.Select(b => $"{b.Words.TrimStart('0')}: {b.Count:N0}"))}");
        return text.ToString();
    }

    /// <summary>All counts, for who wants to know exactly.</summary>
    public static string InFull(Tally tally)
    {
        var text = new StringBuilder();
        (string, Counter)[] all =
        [
            ("transitions", tally.Transitions), ("events", tally.Events), ("failures of effects", tally.Failures),
            ("effects under way at a kill", tally.KilledUnder), ("commits cut off by a kill", tally.KilledCommitting), ("faults of the store", tally.StoreFaults),
        ];
        foreach (var (name, counter) in all)
        {
            text.AppendLine(name);
            foreach (var (words, count) in counter.Counts)
                text.AppendLine(CultureInfo.InvariantCulture, $"  {count,12:N0}  {words}");
        }

        return text.ToString();
    }

    public static long Count(Counter meetings, string meeting) => meeting.Split(' ') is [var state, var input] ? meetings[state, input] : 0;

    private static void Met(StringBuilder text, string what, Counter counter, IReadOnlyList<string> expected, Func<string, long>? count = null)
    {
        count ??= one => counter[one];
        var missing = expected.Where(e => count(e) == 0).ToArray();
        text.Append(CultureInfo.InvariantCulture, $"{what}: {expected.Count - missing.Length} of {expected.Count} met, {counter.Total:N0} times");
        text.AppendLine(missing.Length == 0 ? "" : $"; never: {string.Join(", ", missing)}");
    }
}
