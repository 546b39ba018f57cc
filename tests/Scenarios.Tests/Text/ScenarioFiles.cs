using System.Reflection;

namespace VmSupervisor.Scenarios.Tests.Text;

/// <summary>The scenarios of the repository.</summary>
internal static class ScenarioFiles
{
    private static readonly string Directory = Path.Combine(
        typeof(ScenarioFiles).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(m => m.Key == "RepositoryRoot").Value!, "tests", "Scenarios");

    /// <summary>Whether expectations are written anew instead of being compared: <c>UPDATE_SCENARIOS=1</c>.</summary>
    public static bool IsUpdate => Environment.GetEnvironmentVariable("UPDATE_SCENARIOS") is "1";

    /// <summary>All of them, or those that <c>SCENARIOS=name,name</c> names.</summary>
    public static IEnumerable<string> Names => Environment.GetEnvironmentVariable("SCENARIOS") is { Length: > 0 } some
        ? some.Split(',')
        : System.IO.Directory.EnumerateFiles(Directory, "*.scenario").Select(f => Path.GetFileNameWithoutExtension(f)).Order();

    public static Scenario Read(string name)
    {
        var path = Path.Combine(Directory, name + ".scenario");
        return ScenarioReader.Read(path, File.ReadAllText(path));
    }

    /// <summary>Writes what came of a scenario below it, for a person to review.</summary>
    public static void Write(Scenario scenario, IEnumerable<string> outcomes)
    {
        var lines = File.ReadAllLines(scenario.Path);
        var end = Array.IndexOf(lines, ScenarioReader.Expect);
        var script = string.Join('\n', end < 0 ? lines : lines[..end]).TrimEnd('\n');
        var expected = string.Join($"\n\n{ScenarioReader.Or}\n\n", outcomes);
        File.WriteAllText(scenario.Path, $"{script}\n\n{ScenarioReader.Expect}\n{expected}\n");
    }
}
