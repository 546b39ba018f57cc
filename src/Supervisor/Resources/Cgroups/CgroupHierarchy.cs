namespace VmSupervisor.Resources.Cgroups;

/// <summary>Where this host's control groups are, in either version, and where a node's may be made among them.</summary>
/// <remarks>
/// Version 1 has a hierarchy for each controller; there a node's groups are made within the daemon's own, so that a limit
/// somebody set for the daemon also holds for its guests. Version 2 has one hierarchy, in which a group with processes
/// can have no limited groups within it: there they are made beside the daemon's own. Not within it after a move of the
/// daemon itself, as containers' managers do: a service manager could not start the next daemon there while guests live.
/// </remarks>
/// <param name="node">The node's name.</param>
/// <param name="parent">The group in which they are made instead, from the hierarchy's root on; null for the above.</param>
/// <param name="files">The files.</param>
/// <param name="root">Where the hierarchies are mounted.</param>
/// <param name="self">The file that says which group is the daemon's own.</param>
internal sealed class CgroupHierarchy(
    string node, string? parent, ICgroupFiles files, string root = "/sys/fs/cgroup", string self = "/proc/self/cgroup")
{
    public const string Memory = "memory", Cpu = "cpu";

    private const string Controllers = "cgroup.controllers", Delegated = "cgroup.subtree_control";

    /// <summary>The period of CPU limits in microseconds; the kernel's default.</summary>
    private const int Period = 100_000;

    /// <summary>Whether it is version 2. A host with both has its controllers in version 1.</summary>
    public bool IsUnified => files.Exists(Path.Combine(root, Controllers));

    /// <summary>The node's own group for a controller; made when it is not there.</summary>
    /// <exception cref="IOException">This host has none; the message says why.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public string Prepare(string controller)
    {
        var top = IsUnified ? root : Path.Combine(root, controller);
        if (!files.Exists(top))
            throw new IOException($"there is no controller {controller} in {root}");
        var group = top;
        Delegate(group, controller);
        foreach (var name in PathOf(controller, top).Split('/', StringSplitOptions.RemoveEmptyEntries).Append($"vmsup-{node}"))
        {
            group = Path.Combine(group, name);
            files.Make(group);
            Delegate(group, controller);
        }

        return group;
    }

    /// <summary>What is written into a group, file by file, for a limit.</summary>
    public IEnumerable<(string File, string Text)> LimitOf(string controller, decimal limit) => (controller, IsUnified) switch
    {
        (Memory, true) => [("memory.max", Text($"{limit:0}"))],
        (Memory, false) => [("memory.limit_in_bytes", Text($"{limit:0}"))],
        (_, true) => [("cpu.max", Text($"{limit * Period:0} {Period}"))],
        (_, false) => [("cpu.cfs_period_us", Text($"{Period}")), ("cpu.cfs_quota_us", Text($"{limit * Period:0}"))],
    };

    /// <summary>Version 2: lets the groups within this one have the controller.</summary>
    private void Delegate(string group, string controller)
    {
        if (!IsUnified)
            return;
        if (!Words(Path.Combine(group, Controllers)).Contains(controller))
            throw new IOException($"there is no controller {controller} in {group}");
        if (Words(Path.Combine(group, Delegated)).Contains(controller))
            return;
        try
        {
            files.Write(Path.Combine(group, Delegated), $"+{controller}");
        }
        catch (IOException e)
        {
            throw new IOException($"{group} does not hand on the controller {controller}: {e.Message}", e);
        }
    }

    private string PathOf(string controller, string top)
    {
        if (parent is not null)
            return parent;
        var own = Own(controller);
        if (IsUnified)
            return Path.GetDirectoryName(own) ?? "/";

        // In a container the path may be that outside of it.
        return files.Exists(top + own) ? own : "/";
    }

    /// <summary>From <c>4:memory:/path</c>, or <c>0::/path</c> in version 2.</summary>
    private string Own(string controller)
    {
        var wanted = IsUnified ? "" : controller;
        return files.Read(self).Split('\n')
            .Select(line => line.Split(':', 3))
            .FirstOrDefault(line => line.Length == 3 && line[1].Split(',').Contains(wanted))?[2] ?? "/";
    }

    private string[] Words(string file) => files.Read(file).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
