using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Migrations;

namespace VmSupervisor.Model.Tests;

/// <summary>Both sides of a migration under the production rules, exhaustively within the bounds of <see cref="MigrationSuite.Quick"/>.</summary>
[Collection(nameof(Explored))]
public sealed class MigrationTests(Explored explored)
{
    public static TheoryData<string> Names => [.. MigrationSuite.Quick.Select(b => b.Name)];

    public static TheoryData<string> Mutants => [.. MigrationMutants.All.Select(m => m.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Never_two_and_never_none_whatever_dies(string name)
    {
        var found = explored.Migrations[name];
        Assert.True(found.Counterexample is null, found.Counterexample?.ToString());
        Assert.True(found.Complete);
    }

    [Fact]
    public void As_many_states_are_reached_as_before()
    {
        var total = explored.Migrations.Values.Sum(r => r.States);
        Assert.True(
            total == StateCounts.Migrations,
            $"{total} states were reached, {StateCounts.Migrations} are expected.\n{string.Join('\n', explored.Migrations.Select(r => $"  {r.Value.States,9}  {r.Key}"))}\n"
            + $"If the change was meant to change what can happen, set StateCounts.Migrations (tests/Model.Tests/StateCounts.cs) to {total}.");
    }

    [Theory, MemberData(nameof(Mutants))]
    public void A_known_bug_is_caught(string name)
    {
        var mutant = MigrationMutants.All.Single(m => m.Name == name);
        var found = new Explorer<MigrationWorld>(new MigrationModel(mutant.Bounds, mutant), Environment.ProcessorCount).Run();
        Assert.Equal(mutant.Law, found.Counterexample?.Violation.Law);
    }
}
