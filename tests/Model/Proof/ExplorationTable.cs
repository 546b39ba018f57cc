using System.Globalization;
using System.Text;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Proof;

/// <summary>How far an exploration went, as a table.</summary>
internal static class ExplorationTable
{
    public static string Markdown(IEnumerable<(Bounds Bounds, Exploration Found, long PeakMebibytes)> rows)
    {
        var text = new StringBuilder(
            "| exploration | lives | in flight | faults | crashes | states | transitions | depth | time | memory | |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (var (bounds, found, memory) in rows)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {bounds.Name} | {bounds.Incarnations} | {bounds.InFlight} | {bounds.Faults} | {bounds.Crashes} | {found.States:N0} | {found.Transitions:N0} | {found.Depth} | {found.Elapsed.TotalSeconds:0} s | {memory:N0} MiB | {Verdict(found)} |\n");
        }

        return text.ToString();
    }

    private static string Verdict(Exploration found) => found switch
    {
        { Counterexample: { } counterexample } => $"**{counterexample.Violation}**",
        { Complete: true } => "complete, no law broken",
        _ => $"every state up to {found.Depth} steps, no law broken",
    };
}
