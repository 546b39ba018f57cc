using System.Globalization;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Migrations;
using VmSupervisor.Model.Proof;
using VmSupervisor.Model.Scenarios;
using VmSupervisor.Model.Worlds;

return args switch
{
    ["deep", var document, var seconds] => Explore(Suite.Deep, document, TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture))),
    ["quick"] => Explore(Suite.Quick, null, null),
    ["quick", var name] => Explore([.. Suite.Quick.Where(b => b.Name.Contains(name, StringComparison.Ordinal))], null, null),
    ["migrations"] => Migrations(MigrationSuite.Quick, null),
    ["migrations", var seconds] => Migrations(MigrationSuite.Deep, TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture))),
    ["proof", var document] => WriteProof(document),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("model quick [NAME] | model deep docs/proof.md SECONDS (for each exploration) | model migrations [SECONDS] | model proof docs/proof.md");
    return 2;
}

static int Explore(IReadOnlyList<Bounds> all, string? document, TimeSpan? patience)
{
    var rows = new List<(Bounds, Exploration, long)>();
    foreach (var bounds in all)
    {
        var found = new Explorer<World>(new VmModel(bounds), Environment.ProcessorCount, patience).Run();
        rows.Add((bounds, found, GC.GetGCMemoryInfo().HeapSizeBytes >> 20));
        Console.WriteLine($"{bounds}: {found.States:N0} states, {found.Transitions:N0} transitions, {found.Depth} steps, {found.Elapsed.TotalSeconds:0} s, {(found.Complete ? "complete" : "cut off")}");
        if (found.Counterexample is { } counterexample)
            Console.WriteLine($"{counterexample}\n\n{ScenarioText.Of(bounds, counterexample)}");
    }

    if (document is not null)
        File.WriteAllText(document, ProofDocument.With(File.ReadAllText(document), ProofDocument.Explorations, ExplorationTable.Markdown(rows)));
    return rows.Exists(r => r.Item2.Counterexample is not null) ? 1 : 0;
}

static int Migrations(IReadOnlyList<MigrationBounds> all, TimeSpan? patience)
{
    var broken = 0;
    foreach (var bounds in all)
    {
        var found = new Explorer<MigrationWorld>(new MigrationModel(bounds), Environment.ProcessorCount, patience).Run();
        Console.WriteLine($"{bounds.Name}: {found.States:N0} states, {found.Transitions:N0} transitions, {found.Depth} steps, {found.Elapsed.TotalSeconds:0} s, {(found.Complete ? "complete" : "cut off")}");
        if (found.Counterexample is null)
            continue;
        Console.WriteLine(found.Counterexample);
        broken = 1;
    }

    return broken;
}

static int WriteProof(string document)
{
    var text = ProofDocument.With(File.ReadAllText(document), ProofDocument.Mutants, MutantReports.Markdown());
    text = ProofDocument.With(text, ProofDocument.Coverage, CoverageTable.Markdown());
    text = ProofDocument.With(text, ProofDocument.Migrations, MigrationReport.Markdown());
    File.WriteAllText(document, ProofDocument.With(text, ProofDocument.Comparison, ComparisonReport.Markdown()));
    return 0;
}
