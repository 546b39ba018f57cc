using System.Globalization;
using System.Text;

namespace VmSupervisor.Chaos.Tests.Driving;

/// <summary>All that the report tells.</summary>
internal sealed record RunFigures(
    int Seed, long Worlds, TimeSpan Took, Tally Tally, IReadOnlyList<WorldEnd> Failures, AdoptionFigures? Adoption);

/// <summary>Writes docs/reliability.md. What was found on the way is kept in <c>found.md</c> beside this project.</summary>
internal static class Report
{
    public static string Of(RunFigures run)
    {
        var tally = run.Tally;
        var text = new StringBuilder();
        text.AppendLine(Invariant($"""
            # Reliability

            Written by `make chaos REPORT=docs/reliability.md`; change `tests/Chaos.Tests`, not this page.

            Real QEMU and a real daemon. Three clients ask at random, a fourth hand kills, freezes and takes away; a separate
            process that shares nothing with the supervisor (`tests/Chaos.Observer`) looks at /proc, /sys, the run directories and what
            hooks and volumes' scripts wrote, and knows only what must never be. After each round all acknowledged operations must
            have ended and what the supervisor shows must be exactly what is there; after each world nothing may be left.

            | | |
            |---|---|
            | seeds | {run.Seed} to {run.Seed + run.Worlds - 1}, a world each |
            | rounds | {tally["rounds"]} |
            | rounds in which the daemon was killed | {tally["rounds with a daemon kill"]} |
            | **violations** | **{run.Failures.Sum(f => f.Violations.Count)}** |
            | time | {run.Took.TotalMinutes:F0} minutes on {Environment.ProcessorCount} cores, guests under TCG |
            | SIGKILL to a daemon that was ready | {tally["daemon kills"]} |
            | SIGKILL to a daemon in its recovery | {tally["daemon kills in recovery"]} |
            | commands | {tally.Sum("command ")} |
            | lives begun and closed, each once | {tally["lives in the books"]} |
            | QEMU processes that the observer saw | {tally["seen processes"]} |
            | calls of volumes' scripts | {tally["seen volume-calls"]} |
            | heartbeats, none lost or repeated | {tally["seen beats"]} |
            | of these while no daemon lived | {tally["seen orphan-beats"]} |
            | daemon's exec until READY | median {Median(tally.Starts):F0} ms, longest {(tally.Starts.Count > 0 ? tally.Starts.Max() : 0):F0} ms |

            ## What was asked

            {List(tally.Of("command "))}

            Of {tally.Sum("ended ")} that were still under way when their round ended: {List(tally.Of("ended "))}. Refused at once: {tally["refused"]}. Asked
            again with the same id because no daemon answered: {tally["asked again after no answer"]}. Earlier ids used again, for the same command (the same answer)
            or another (a conflict): {tally["ids used again"]}. After each world the daemon was killed once more and every operation asked for again.

            ## What befell it

            {List(tally.Of("fault "))}, daemon frozen or asked to end: {tally["daemon ends"] + tally["fault daemon freezes"]}
            """));
        if (run.Adoption is { } adoption)
        {
            text.AppendLine(Invariant($"""

                ## Adoption

                {adoption.Vms} running QEMUs, the daemon killed and started again {adoption.Milliseconds.Count} times: all adopted, with the same processes. From
                the daemon's exec until READY: {string.Join(", ", adoption.Milliseconds.Select(m => Invariant($"{m:F0}")))} ms. The heartbeats of {adoption.Beating} of them went on while there was no
                daemon and have no gap. (`CHAOS_ADOPT={adoption.Vms}` does the same in the tests.)
                """));
        }

        foreach (var failure in run.Failures)
            text.AppendLine($"\n## Violated\n\n```\n{failure.Complaint}\n```");
        text.AppendLine().Append(File.ReadAllText(Park.InRepository("tests/Chaos.Tests/found.md")));
        return text.ToString();
    }

    private static string List(IEnumerable<(string What, long Count)> counts) => string.Join(", ", counts.Select(c => Invariant($"{c.What} {c.Count}")));

    private static double Median(IReadOnlyList<double> values) => values.Count == 0 ? 0 : values.Order().ElementAt(values.Count / 2);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
