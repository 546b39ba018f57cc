using System.Globalization;
using System.Text;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Laws;
using VmSupervisor.Model.Migrations;
using VmSupervisor.Model.Mutants;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Proof;

/// <summary>What the explorations of <c>make test</c> cover, in figures and as a table.</summary>
internal static class CoverageTable
{
    /// <summary>Explores all of it.</summary>
    public static string Markdown()
    {
        var coverage = new Coverage();
        var states = Suite.Quick.Sum(bounds => (long)new Explorer<World>(new VmModel(bounds, coverage: coverage), Environment.ProcessorCount).Run().States);
        foreach (var bounds in MigrationSuite.Quick)
            new Explorer<MigrationWorld>(new MigrationModel(bounds, coverage: coverage), Environment.ProcessorCount).Run();
        return Markdown(states, coverage);
    }

    public static string Markdown(long states, Coverage coverage)
    {
        var taken = coverage.Transitions;
        var text = new StringBuilder().Append(
            CultureInfo.InvariantCulture,
            $"{states:N0} states explored; {taken.Count} of {Transition.All.Count} transitions covered, with {coverage.Answers} different answers; {AllMutants.List.Count} mutants.\n\n");
        var kinds = Transition.Kinds<Domain.VmState>().ToArray();
        text.Append("| | ").AppendJoin(" | ", kinds.Select(state => state.Name)).Append(" |\n|---|").Insert(text.Length, "---|", kinds.Length).Append('\n');
        foreach (var row in Transition.All.GroupBy(one => (one.Late, one.Input)))
        {
            text.Append("| ").Append(row.Key.Late ? "late " : "").Append(row.Key.Input.Name).Append(" | ")
                .AppendJoin(" | ", kinds.Select(state => Cell(new Transition(state, row.Key.Input, row.Key.Late), taken))).Append(" |\n");
        }

        text.Append("\nNot covered, and why:\n\n");
        foreach (var why in NotTaken.Reasons.GroupBy(one => (one.Value, one.Key.State), one => one.Key.Input.Name))
            text.Append(CultureInfo.InvariantCulture, $"* {why.Key.State.Name} × {string.Join(", ", why)}: {why.Key.Value}\n");
        return text.ToString();
    }

    private static string Cell(Transition transition, IReadOnlyDictionary<Transition, Answer[]> taken)
    {
        if (!Transition.All.Contains(transition))
            return "";
        return taken.TryGetValue(transition, out var answers)
            ? string.Join(", ", answers.GroupBy(answer => answer.Kind).OrderBy(same => same.Key).Select(same => Word(same.Key) + (same.Count() > 1 ? $" ({same.Count()})" : "")))
            : "–";
    }

    private static string Word(AnswerKind kind) => kind switch
    {
        AnswerKind.Accepted => "events",
        AnswerKind.Refused => "refused",
        AnswerKind.Ignored => "nothing",
        AnswerKind.Late => "late",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
