using System.Globalization;
using System.Text;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Migrations;

namespace VmSupervisor.Model.Proof;

/// <summary>What is explored of migrations, and the bugs that are caught there.</summary>
internal static class MigrationReport
{
    public static string Markdown()
    {
        var text = new StringBuilder("| exploration | states | transitions | depth | |\n|---|---|---|---|---|\n");
        foreach (var bounds in MigrationSuite.Quick)
        {
            var found = new Explorer<MigrationWorld>(new MigrationModel(bounds), Environment.ProcessorCount).Run();
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {bounds.Name} | {found.States:N0} | {found.Transitions:N0} | {found.Depth} | {(found.Counterexample is { } wrong ? $"**{wrong.Violation}**" : "complete, no law broken")} |\n");
        }

        var caught = MigrationMutants.All.Select(m => (Mutant: m, Found: Explore(m).Counterexample)).Where(m => m.Found is not null).ToArray();
        text.Append(CultureInfo.InvariantCulture, $"\n{caught.Length} of {MigrationMutants.All.Count} known bugs are caught:\n\n");
        foreach (var (mutant, found) in caught)
            text.Append(CultureInfo.InvariantCulture, $"### {mutant.Name}\n\n```\n{found}\n```\n\n");
        return text.ToString();
    }

    /// <summary>One thread, so that of several shortest ways it is always the same.</summary>
    private static Exploration Explore(MigrationMutant mutant) => new Explorer<MigrationWorld>(new MigrationModel(mutant.Bounds, mutant), threads: 1).Run();
}
