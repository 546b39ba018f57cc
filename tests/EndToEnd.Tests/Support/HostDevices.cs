namespace VmSupervisor.EndToEnd.Tests.Support;

/// <summary>What the host has on behalf of a node's VMs, as the kernel shows it in /sys; by names that only this node has.</summary>
internal sealed class HostDevices(string node, string root)
{
    private const string Groups = "/sys/fs/cgroup";

    /// <summary>Network interfaces that say they are this node's.</summary>
    public IReadOnlyList<string> Taps() =>
        [.. Interfaces().Where(name => ReadLine($"/sys/class/net/{name}/ifalias")?.StartsWith($"vmsup {node} ", StringComparison.Ordinal) == true)];

    /// <summary>
    /// All whose names end as this one's: the node's, also those which whoever made them did not live to name.
    /// </summary>
    public static IReadOnlyList<string> TapsLike(string tap) => [.. Interfaces().Where(name => name.EndsWith(tap[^8..], StringComparison.Ordinal))];

    /// <summary>Loop devices with a file of this node behind them.</summary>
    public IReadOnlyList<string> Loops() =>
    [
        .. Directory.GetDirectories("/sys/block", "loop*")
            .Where(loop => ReadLine(Path.Combine(loop, "loop/backing_file"))?.StartsWith(root + "/", StringComparison.Ordinal) == true)
            .Select(loop => $"/dev/{Path.GetFileName(loop)}").Order(),
    ];

    /// <summary>Control groups: the node's own, and in it one for each life.</summary>
    public IReadOnlyList<string> Cgroups() => Directory.Exists(Groups)
        ? [.. Directory.GetDirectories(Groups, "*", Below).Where(d => $"{d}/".Contains($"/vmsup-{node}/")).Order()]
        : [];

    /// <summary>Those of lives.</summary>
    public IReadOnlyList<string> CgroupsOfLives() => [.. Cgroups().Where(d => !d.EndsWith($"/vmsup-{node}", StringComparison.Ordinal))];

    public void AssertNone()
    {
        Assert.Empty(Taps());
        Assert.Empty(Loops());
        Assert.Empty(Cgroups());
    }

    /// <summary>After a failure: nothing of it may stay on the machine.</summary>
    public void Remove()
    {
        foreach (var tap in Taps())
            Programs.Run("ip", "link", "delete", tap);
        foreach (var loop in Loops())
            Programs.Run("losetup", "-d", loop);
        foreach (var group in Cgroups().Reverse())
            Directory.Delete(group);
    }

    private static readonly EnumerationOptions Below = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    private static IEnumerable<string> Interfaces() => Directory.GetFileSystemEntries("/sys/class/net").Select(path => Path.GetFileName(path)).Order();

    // Gone meanwhile, or without a line.
    private static string? ReadLine(string file)
    {
        try
        {
            return File.ReadAllText(file).TrimEnd('\n');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
