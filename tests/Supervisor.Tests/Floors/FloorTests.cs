using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace VmSupervisor.Supervisor.Tests.Floors;

/// <summary>Who may use whom: among projects by their references, inside the library by what a folder's files name.</summary>
public sealed partial class FloorTests
{
    private static readonly string Root = typeof(FloorTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!;

    private static readonly Dictionary<string, string[]> Projects = new()
    {
        ["Actors"] = [],
        ["Actors.TestKit"] = ["Actors"],
        ["Hocon"] = [],
        ["Hocon.Configuration"] = ["Hocon"],
        ["Supervisor.Contracts"] = [],
        ["Supervisor"] = ["Actors", "Supervisor.Contracts"],
        ["Supervisor.TestKit"] = ["Actors.TestKit", "Supervisor"],
        ["Supervisor.Journal.Sqlite"] = ["Actors"],
        ["Supervisor.AspNetCore"] = ["Supervisor"],
        ["Supervisor.Client"] = ["Supervisor.Contracts"],
        ["Supervisor.Cli"] = ["Hocon", "Supervisor.Client"],
        ["Supervisor.Daemon"] = ["Hocon", "Supervisor.AspNetCore", "Supervisor.Journal.Sqlite"],
    };

    private static readonly Dictionary<string, string[]> Folders = new()
    {
        ["Domain"] = [],
        ["Linux"] = ["Domain"],
        ["Hooks"] = ["Domain", "Linux"],
        ["Resources"] = ["Domain", "Linux"],
        ["Qemu"] = ["Domain", "Linux"],
        ["Vms"] = ["Domain", "Hooks", "Migration", "Resources", "Qemu"],
        ["Consoles"] = ["Domain", "Linux", "Qemu", "Vms"],
        ["Doctor"] = ["Domain", "Hooks", "Linux", "Resources", "Qemu"],
        ["Migration"] = ["Domain", "Linux", "Resources", "Qemu"],
        ["Hosting"] = ["Consoles", "Doctor", "Domain", "Hooks", "Linux", "Migration", "Resources", "Qemu", "Vms"],
    };

    public static TheoryData<string> ProjectNames => [.. Projects.Keys];

    public static TheoryData<string> FolderNames => [.. Folders.Keys];

    [Theory, MemberData(nameof(ProjectNames))]
    public void A_project_references_only_the_floors_below_it(string name)
    {
        var project = XDocument.Load(Path.Combine(Root, "src", name, $"{name}.csproj"));
        var references = project.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));
        Assert.Empty(references.Except(Projects[name]));
    }

    [Fact]
    public void Every_project_and_every_folder_has_its_floor()
    {
        Assert.Equal(Projects.Keys.Order(), Directory.GetDirectories(Path.Combine(Root, "src")).Select(d => Path.GetFileName(d)!).Order());
        var folders = Directory.GetDirectories(Path.Combine(Root, "src", "Supervisor")).Select(d => Path.GetFileName(d)!);
        Assert.Equal(Folders.Keys.Order(), folders.Except(["bin", "obj"]).Order());
    }

    [Theory, MemberData(nameof(FolderNames))]
    public void A_folder_of_the_library_names_only_the_floors_below_it(string folder)
    {
        var allowed = Folders[folder].Append(folder).ToArray();
        var named = from file in Sources(folder)
                    from Match match in Ours().Matches(File.ReadAllText(file))
                    let floor = match.Groups[1].Value
                    where Folders.ContainsKey(floor) && !allowed.Contains(floor)
                    select $"{Path.GetFileName(file)} names {floor}";
        Assert.Empty(named);
    }

    /// <summary>The domain is pure: it sees no clock, randomness, I/O, logging or task, and of what travels only ids and definitions.</summary>
    [Fact]
    public void The_domain_is_pure()
    {
        string[] impure =
        [
            "DateTimeOffset.UtcNow", "DateTimeOffset.Now", "DateTime.", "TimeProvider", "Random", "Guid.New", "File.", "Directory.", "Console.",
            "ILogger", "Task", "async ", "await ", "Thread", "lock (", "Environment.", "VmSupervisor.Contracts.Commands", "VmSupervisor.Contracts.Views",
            "VmSupervisor.Actors",
        ];
        var found = from file in Sources("Domain")
                    from line in File.ReadLines(file)
                    let code = line.TrimStart()
                    where !code.StartsWith("//", StringComparison.Ordinal)
                    from word in impure
                    where code.Contains(word, StringComparison.Ordinal)
                    select $"{Path.GetFileName(file)}: {code}";
        Assert.Empty(found);
    }

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, "src", "Supervisor", folder), "*.cs", SearchOption.AllDirectories);

    [GeneratedRegex(@"\bVmSupervisor\.([A-Za-z]+)")]
    private static partial Regex Ours();
}
