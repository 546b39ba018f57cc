using System.Globalization;
using System.Text;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Mutants;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Proof;

/// <summary>Every mutant with the shortest way to what it breaks.</summary>
internal static class MutantReports
{
    /// <summary>One thread, so that of several shortest ways it is always the same.</summary>
    public static Exploration Explore(Mutant mutant) => new Explorer<World>(new VmModel(mutant.Bounds, mutant.Rules), threads: 1).Run();

    public static string Markdown()
    {
        var text = new StringBuilder();
        foreach (var mutant in AllMutants.List)
        {
            var found = Explore(mutant).Counterexample ?? throw new InvalidOperationException($"the mutant '{mutant.Rules.Name}' is not caught");
            text.Append(CultureInfo.InvariantCulture, $"### {mutant.Rules.Name}\n\n{mutant.Why}\n\n```\n{found}\n```\n\n");
        }

        return text.ToString();
    }
}
