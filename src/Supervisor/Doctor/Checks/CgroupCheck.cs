namespace VmSupervisor.Doctor.Checks;

/// <summary>Whether limits can be set: it makes a group and removes it.</summary>
/// <param name="parent">The group in which those of VMs are made, as it is configured; null when it is not.</param>
/// <param name="root">Where the hierarchies are mounted.</param>
internal sealed class CgroupCheck(string? parent = null, string root = "/sys/fs/cgroup") : ICheck
{
    private const string Remedy = "without them VMs run, but without limits of memory and CPU: run vmsupd as root, in a container with its cgroups writable";
    private const string Controllers = "cgroup.controllers";
    private static readonly string[] Wanted = ["cpu", "memory"];

    public string Name => "cgroups";

    public Task<Finding> LookAsync(CancellationToken cancellationToken) => Task.FromResult(Look());

    private Finding Look()
    {
        if (File.Exists(Path.Combine(root, Controllers)))
        {
            var group = GroupIn(root);
            var there = File.ReadAllText(Path.Combine(group, Controllers)).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
            return Judge("v2", [.. Wanted.Except(there)], [group]);
        }

        var hierarchies = Wanted.Select(w => Path.Combine(root, w)).ToArray();
        return Judge("v1", [.. Wanted.Where(w => !Directory.Exists(Path.Combine(root, w)))], [.. hierarchies.Select(GroupIn)]);
    }

    /// <summary>The configured group of a hierarchy, or that above it in which it will have to be made.</summary>
    private string GroupIn(string hierarchy)
    {
        var group = hierarchy;
        foreach (var name in (parent ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Directory.Exists(Path.Combine(group, name)))
                break;
            group = Path.Combine(group, name);
        }

        return group;
    }

    private Finding Judge(string version, string[] missing, string[] directories)
    {
        var place = parent is null ? root : $"{root}, for {parent}";
        if (missing.Length == Wanted.Length && !directories.Any(Directory.Exists))
            return Finding.Warning($"none are mounted in {root}", Remedy);
        if (missing.Length > 0)
            return Finding.Warning($"{version} in {place}, without {string.Join(" and ", missing)}", Remedy);
        foreach (var directory in directories)
        {
            if (WhyNotWritable(directory) is { } why)
                return Finding.Warning($"{version} in {place}, but no group can be made: {why}", Remedy);
        }

        return Finding.Ok($"{version} in {place}, groups can be made");
    }

    private static string? WhyNotWritable(string directory)
    {
        var trial = Path.Combine(directory, $"vmsup-doctor-{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(trial);
            Directory.Delete(trial);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
