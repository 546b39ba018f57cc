using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Resources.Cgroups;

namespace VmSupervisor.Supervisor.Tests.Resources;

/// <summary>
/// A tree of control groups that behaves as the kernel's: a group that is made has its files, one with processes or groups
/// in it cannot be removed, and in version 2 a group has the controllers that the one above it hands on.
/// </summary>
internal sealed class FakeCgroups : ICgroupFiles
{
    public const string Root = "/cg", Self = "/self";

    private static readonly string[] Limits = ["memory.max", "cpu.max", "memory.limit_in_bytes", "cpu.cfs_period_us", "cpu.cfs_quota_us"];

    private readonly bool unified;
    private readonly Dictionary<string, string> files = [];
    private readonly SortedSet<string> groups = new(StringComparer.Ordinal);

    public FakeCgroups(bool unified, string self, params string[] made)
    {
        this.unified = unified;
        files[Self] = self;
        foreach (var top in unified ? [Root] : new[] { $"{Root}/memory", $"{Root}/cpu" })
            Fill(top, unified ? "cpu io memory" : "");
        foreach (var group in made)
            Make(group);
    }

    /// <summary>Why a group cannot be made; null when it can.</summary>
    public Func<string, string?> MakeFails { get; set; } = _ => null;

    public IReadOnlyCollection<string> Groups => groups;

    public string this[string file]
    {
        get => files[file];
        set => files[file] = value;
    }

    public Cgroups Of(string? parent = null) => new(new CgroupHierarchy("n", parent, this, Root, Self), this, new ProcFs(), TimeProvider.System);

    public void Without(string controller) => files[$"{Root}/cgroup.controllers"] = files[$"{Root}/cgroup.controllers"].Replace(controller, "", StringComparison.Ordinal);

    public bool Exists(string path) => groups.Contains(path) || files.ContainsKey(path) || path == Root;

    public string Read(string path) => files.TryGetValue(path, out var text) ? text : throw new FileNotFoundException($"no file {path}");

    public void Write(string path, string text)
    {
        Assert.True(files.ContainsKey(path), $"{path} does not exist");
        if (!path.EndsWith("/cgroup.subtree_control", StringComparison.Ordinal))
        {
            files[path] = text;
            return;
        }

        var group = Path.GetDirectoryName(path)!;
        if (group != Root && files[$"{group}/cgroup.procs"].Length > 0)
            throw new IOException("Device or resource busy");
        files[path] = $"{files[path]} {text.TrimStart('+')}".Trim();
        foreach (var child in groups.Where(g => Path.GetDirectoryName(g) == group))
            files[$"{child}/cgroup.controllers"] = files[path];
    }

    public void Make(string directory)
    {
        if (MakeFails(directory) is { } why)
            throw new IOException(why);
        var above = Path.GetDirectoryName(directory)!;
        Assert.Contains(above, groups);
        if (!groups.Contains(directory))
            Fill(directory, unified ? files[$"{above}/cgroup.subtree_control"] : "");
    }

    public void Remove(string directory)
    {
        if (!groups.Contains(directory))
            throw new DirectoryNotFoundException(directory);
        if (files[$"{directory}/cgroup.procs"].Length > 0 || groups.Any(g => g.StartsWith(directory + "/", StringComparison.Ordinal)))
            throw new IOException($"Device or resource busy : '{directory}'");
        groups.Remove(directory);
        foreach (var file in files.Keys.Where(f => Path.GetDirectoryName(f) == directory).ToArray())
            files.Remove(file);
    }

    private void Fill(string group, string controllers)
    {
        groups.Add(group);
        files[$"{group}/cgroup.procs"] = "";
        if (unified)
            files[$"{group}/cgroup.controllers"] = controllers;
        if (unified)
            files[$"{group}/cgroup.subtree_control"] = "";
        foreach (var limit in Limits)
            files[$"{group}/{limit}"] = "max";
    }
}
