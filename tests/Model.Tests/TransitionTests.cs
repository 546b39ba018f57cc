using System.Reflection;
using VmSupervisor.Domain;
using VmSupervisor.Model.Laws;
using VmSupervisor.Model.Proof;

namespace VmSupervisor.Model.Tests;

/// <summary>Every transition of the production rules is explored, or it is said why it cannot be.</summary>
[Collection(nameof(Explored))]
public sealed class TransitionTests(Explored explored)
{
    private static string Root => typeof(TransitionTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    [Fact]
    public void Every_transition_is_taken_or_it_is_said_why_none_can()
    {
        var missing = Transition.All.Except(explored.Coverage.Transitions.Keys).Except(NotTaken.Reasons.Keys).ToArray();
        Assert.True(
            missing.Length == 0,
            $"no exploration takes\n{string.Join('\n', missing)}\n"
            + "Give tests/Model/Worlds/Suite.cs a menu or a fault that leads there, or say in tests/Model/Laws/NotTaken.cs why there is none.");
    }

    [Fact]
    public void No_transition_is_taken_of_which_it_is_said_that_none_can() =>
        Assert.Empty(NotTaken.Reasons.Keys.Intersect(explored.Coverage.Transitions.Keys));

    [Fact]
    public void What_the_document_says_of_it_is_what_is_covered()
    {
        var document = File.ReadAllText(Path.Combine(Root, "docs", "proof.md"));
        var table = CoverageTable.Markdown(explored.Results.Values.Sum(found => (long)found.States), explored.Coverage);
        Assert.True(document == ProofDocument.With(document, ProofDocument.Coverage, table), "what docs/proof.md says of coverage is not up to date: run 'make proof'");
    }

    [Fact]
    public void Every_kind_of_late_news_is_asked() => Assert.Equal(Transition.Kinds<Observation>(), LateNews.Kinds.Select(news => news.GetType()).OrderBy(type => type.Name, StringComparer.Ordinal));

    [Fact]
    public void Nothing_is_explained_that_does_not_exist() => Assert.Empty(NotTaken.Reasons.Keys.Except(Transition.All));
}
