using System.Globalization;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Laws;
using VmSupervisor.Model.Migrations;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Tests;

/// <summary>The explorations, made once for all tests that ask about them. Says at its end how far they went.</summary>
[CollectionDefinition(nameof(Explored))]
public sealed class Explored : ICollectionFixture<Explored>, IDisposable
{
    internal Coverage Coverage { get; } = new();

    internal IReadOnlyDictionary<string, Exploration> Results { get; }

    internal IReadOnlyDictionary<string, Exploration> Migrations { get; }

    public Explored()
    {
        Results = Suite.Quick.ToDictionary(
        bounds => bounds.Name, bounds => new Explorer<World>(new VmModel(bounds, coverage: Coverage), Environment.ProcessorCount).Run());
        Migrations = MigrationSuite.Quick.ToDictionary(
            bounds => bounds.Name, bounds => new Explorer<MigrationWorld>(new MigrationModel(bounds, coverage: Coverage), Environment.ProcessorCount).Run());
    }

    public void Dispose()
    {
        var (taken, all) = (Coverage.Transitions.Count, Transition.All.Count);
        Say($"states explored: {Results.Values.Sum(found => (long)found.States):N0}, and {Migrations.Values.Sum(found => (long)found.States):N0} of two nodes");
        var explained = NotTaken.Reasons.Keys.Except(Coverage.Transitions.Keys).Count();
        Say($"transitions covered: {taken} of {all}, {explained} explained in docs/proof.md, {all - taken - explained} missing");
    }

    internal static void Say(FormattableString line) => Console.WriteLine("## " + line.ToString(CultureInfo.InvariantCulture));
}
