namespace VmSupervisor.Doctor.Checks;

/// <summary>Whether limits can be set: it makes a group and removes it.</summary>
/// <param name="root">Where the hierarchies are mounted.</param>
internal sealed class CgroupCheck(string root = "/sys/fs/cgroup") : ICheck
{
    private const string Remedy = "without them VMs run, but without limits of memory and CPU: run vmsupd as root, in a container with its cgroups writable";
    private static readonly string[] Wanted = ["cpu", "memory"];

    public string Name => "cgroups";

    public Task<Finding> LookAsync(CancellationToken cancellationToken) => Task.FromResult(Look());

    private Finding Look()
    {
        var controllers = Path.Combine(root, "cgroup.controllers");
        if (File.Exists(controllers))
        {
            var there = File.ReadAllText(controllers).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
            return Judge("v2", [.. Wanted.Except(there)], [root]);
        }

        var hierarchies = Wanted.Select(w => Path.Combine(root, w)).ToArray();
        return Judge("v1", [.. Wanted.Where(w => !Directory.Exists(Path.Combine(root, w)))], hierarchies);
    }

    private Finding Judge(string version, string[] missing, string[] directories)
    {
        if (missing.Length == Wanted.Length && !directories.Any(Directory.Exists))
            return Finding.Warning($"none are mounted in {root}", Remedy);
        if (missing.Length > 0)
            return Finding.Warning($"{version} in {root}, without {string.Join(" and ", missing)}", Remedy);
        foreach (var directory in directories)
        {
            if (WhyNotWritable(directory) is { } why)
                return Finding.Warning($"{version} in {root}, but no group can be made: {why}", Remedy);
        }

        return Finding.Ok($"{version} in {root}, groups can be made");
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
