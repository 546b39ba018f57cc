using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Mutants;
using VmSupervisor.Model.Proof;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Tests;

/// <summary>Known bugs are put in, and each must be caught; the same world without the bug breaks no law.</summary>
public sealed class MutantTests(MutantTests.Caught caught) : IClassFixture<MutantTests.Caught>
{
    public static TheoryData<string> Names => [.. AllMutants.List.Select(m => m.Rules.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Every_known_bug_is_caught_by_the_law_that_it_breaks(string name)
    {
        var mutant = AllMutants.List.Single(m => m.Rules.Name == name);
        var found = MutantReports.Explore(mutant).Counterexample;
        Assert.True(found is not null, $"'{name}' is not caught");
        Assert.Equal(mutant.Law, found.Violation.Law);
        var sane = new Explorer<World>(new VmModel(mutant.Bounds), threads: 1).Run();
        Assert.True(sane.Counterexample is null, sane.Counterexample?.ToString());
        Assert.True(sane.Complete);
        caught.Count++;
    }

    /// <summary>Says at its end how many of all mutants were caught.</summary>
    public sealed class Caught : IDisposable
    {
        public int Count { get; set; }

        public void Dispose() => Explored.Say($"mutants caught: {Count} of {AllMutants.List.Count}");
    }
}
