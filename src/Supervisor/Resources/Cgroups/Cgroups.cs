using System.Globalization;
using VmSupervisor.Domain;
using VmSupervisor.Linux;

namespace VmSupervisor.Resources.Cgroups;

/// <summary>
/// A control group for an incarnation: QEMU begins in it and its limits hold from then on. A limit that this host cannot
/// enforce is remarked upon, and the VM starts all the same. Nothing is ever killed by its group: what else is in it is
/// not ours, and holds up the release until it has gone.
/// </summary>
internal sealed class Cgroups(CgroupHierarchy hierarchy, ICgroupFiles files, ProcFs processes, TimeProvider time)
{
    private const string Processes = "cgroup.procs";

    // A process that was waited for may be in its group for a moment still.
    private const int MostAttempts = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>The node's group is made with the first VM's and goes with the last one's.</summary>
    private readonly Lock _nodesGroup = new();

    /// <exception cref="ResourceException">There is a group of this name with processes in it, or it cannot be limited.</exception>
    public Grant.Cgroup Acquire(ProcessKey key, Step.Cgroup limits)
    {
        try
        {
            lock (_nodesGroup)
                return AcquireAlone(key, limits);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ResourceException($"the limits cannot be set: {e.Message}", e);
        }
    }

    /// <exception cref="ResourceException">There are processes in it.</exception>
    public async Task ReleaseAsync(ProcessKey key, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                lock (_nodesGroup)
                    ReleaseAlone(key);
                return;
            }
            catch (Exception e) when (attempt == MostAttempts && e is IOException or UnauthorizedAccessException)
            {
                throw new ResourceException(e.Message, e);
            }
            catch (IOException)
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    /// <summary>Which limits of a life have no effect, and why; null when all have.</summary>
    public static string? Remark(ProcessKey key)
    {
        try
        {
            return CgroupNote.Read(key) is { Remark.Length: > 0 } note ? note.Remark : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"it is not known whether its limits hold: {e.Message}";
        }
    }

    /// <summary>Why the kernel killed processes of a life whose groups are still there; null when it did not, or cannot tell.</summary>
    public string? WhyKilled(ProcessKey key)
    {
        try
        {
            return CgroupNote.Read(key)?.Directories.Any(directory => OomKills.Of(directory, files) > 0) == true
                ? "the kernel killed it because it reached its memory-limit"
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private Grant.Cgroup AcquireAlone(ProcessKey key, Step.Cgroup limits)
    {
        var wanted = new List<(string Key, string Controller, decimal Limit)>();
        if (limits.Memory is { } memory)
            wanted.Add(("memory-limit", CgroupHierarchy.Memory, memory));
        if (limits.Cpu is { } cpu)
            wanted.Add(("cpu-limit", CgroupHierarchy.Cpu, cpu));

        var groups = new List<(string Directory, string Controller, decimal Limit)>();
        var without = new List<(string Key, string Why)>();
        foreach (var (name, controller, limit) in wanted)
        {
            try
            {
                groups.Add((Path.Combine(hierarchy.Prepare(controller), NameOf(key)), controller, limit));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                without.Add((name, e.Message));
            }
        }

        string[] directories = [.. groups.Select(g => g.Directory).Distinct()];
        foreach (var directory in directories.Where(files.Exists))
        {
            if (InIt(directory) is { Length: > 0 } others)
                throw new ResourceException($"{directory} has processes already, which are not of this VM: {others}; end them (vmsup doctor)");
        }

        var remark = without.Count == 0
            ? ""
            : $"{string.Join(" and ", without.Select(w => w.Key))} {(without.Count == 1 ? "has" : "have")} no effect on this host: {string.Join("; ", without.Select(w => w.Why).Distinct())}";
        new CgroupNote(remark, directories).Write(key);
        foreach (var (directory, controller, limit) in groups)
        {
            files.Make(directory);
            foreach (var (file, text) in hierarchy.LimitOf(controller, limit))
                files.Write(Path.Combine(directory, file), text);
        }

        return new([.. directories.Select(d => Path.Combine(d, Processes))], remark.Length > 0 ? remark : null);
    }

    private void ReleaseAlone(ProcessKey key)
    {
        // A note that was not written to its end has the beginning of a path.
        foreach (var directory in (CgroupNote.Read(key)?.Directories ?? []).Where(d => Path.GetFileName(d) == NameOf(key)))
        {
            try
            {
                if (files.Exists(directory))
                    files.Remove(directory);
            }
            catch (IOException e)
            {
                throw InIt(directory) is { Length: > 0 } others
                    ? new IOException($"{directory} still has processes, which are not QEMU: {others}; end them", e)
                    : new IOException($"the group {directory} cannot be removed: {e.Message}", e);
            }

            RemoveWhenEmpty(Path.GetDirectoryName(directory)!);
        }

        CgroupNote.Remove(key);
    }

    private void RemoveWhenEmpty(string nodesGroup)
    {
        try
        {
            files.Remove(nodesGroup);
        }
        catch (IOException)
        {
            // Other VMs have groups in it, or it is gone.
        }
    }

    /// <summary>The processes of a group, for a person; empty when there are none.</summary>
    private string InIt(string directory)
    {
        try
        {
            return string.Join(", ", files.Read(Path.Combine(directory, Processes)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => int.TryParse(line, CultureInfo.InvariantCulture, out var pid) ? $"{line} ({processes.ReadStat(pid)?.Name ?? "gone"})" : line));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string NameOf(ProcessKey key) => $"{key.Vm}-{key.Incarnation}";
}
