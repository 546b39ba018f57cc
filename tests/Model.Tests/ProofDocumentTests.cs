using System.Reflection;
using VmSupervisor.Model.Proof;

namespace VmSupervisor.Model.Tests;

public sealed class ProofDocumentTests
{
    [Fact]
    public void What_the_document_shows_is_what_the_checker_finds()
    {
        var root = typeof(ProofDocumentTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;
        var document = File.ReadAllText(Path.Combine(root, "docs", "proof.md"));
        Assert.True(
            document == ProofDocument.With(document, ProofDocument.Mutants, MutantReports.Markdown()), "the mutants of docs/proof.md are not up to date: run 'make proof'");
        Assert.True(
            document == ProofDocument.With(document, ProofDocument.Comparison, ComparisonReport.Markdown()), "the comparison in docs/proof.md is not up to date: run 'make proof'");
    }
}
