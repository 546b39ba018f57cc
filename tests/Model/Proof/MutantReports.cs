using System.Globalization;
using System.Text;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Mutants;
using VmSupervisor.Model.Scenarios;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Proof;

/// <summary>Every mutant with the shortest way to what it breaks.</summary>
internal static class MutantReports
{
    /// <summary>One thread, so that of several shortest ways it is always the same.</summary>
    public static Exploration Explore(Mutant mutant) => new Explorer<World>(new VmModel(mutant.Bounds, mutant.Rules), threads: 1).Run();

    public static string Markdown()
    {
        var caught = AllMutants.List.Select(m => (Mutant: m, Found: Explore(m).Counterexample)).Where(m => m.Found is not null).ToArray();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{caught.Length} of {AllMutants.List.Count} are caught. Below each: the law, a shortest trace, and what of it can be ordered as a scenario.\n\n");
        foreach (var (mutant, found) in caught)
        {
            text.Append(CultureInfo.InvariantCulture, $"### {mutant.Rules.Name}\n\n{mutant.Why}\n\n```\n{found}\n```\n\n");
            text.Append(CultureInfo.InvariantCulture, $"```\n{ScenarioText.Of(mutant.Bounds, found!)}```\n\n");
        }

        return text.ToString();
    }
}
