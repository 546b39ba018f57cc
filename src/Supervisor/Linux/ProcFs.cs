using System.Globalization;
using System.Text;
using VmSupervisor.Domain;

namespace VmSupervisor.Linux;

/// <summary>
/// What <c>/proc</c> tells about processes. Whatever cannot be read, because the process is gone or belongs to
/// somebody else, is null.
/// </summary>
/// <param name="bootId">Instead of the kernel's boot id, so that a test can reboot the host.</param>
/// <param name="root">Where procfs is mounted.</param>
internal sealed class ProcFs(string? bootId = null, string root = "/proc")
{
    private readonly Lazy<string> boot = new(() => bootId ?? File.ReadAllText($"{root}/sys/kernel/random/boot_id").Trim());

    /// <summary>This boot of the host.</summary>
    /// <exception cref="IOException">Procfs is not mounted.</exception>
    public string BootId => boot.Value;

    /// <summary>The identity of the process that has this pid now.</summary>
    public ProcessIdentity? Identify(int pid) => ReadStat(pid) is { } stat ? new(BootId, pid, stat.StartTime) : null;

    /// <summary>State, parents and start time.</summary>
    public ProcessStat? ReadStat(int pid)
    {
        if (Read($"{root}/{pid}/stat") is not { } bytes)
            return null;

        return ParseStat(Encoding.Latin1.GetString(bytes));
    }

    /// <summary>Reads the text of <c>/proc/PID/stat</c>; null when it is something else.</summary>
    public static ProcessStat? ParseStat(string text)
    {
        // "pid (comm) state ...": comm is whatever the process likes, blanks and parentheses included.
        var end = text.LastIndexOf(')');
        var start = text.IndexOf('(');
        if (start < 0 || end < start)
            return null;
        var fields = text[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var pid = Number(text[..start]);
        const int third = 3, startTime = 22, virtualSize = 23;
        return fields.Length > virtualSize - third
            && long.TryParse(fields[startTime - third], CultureInfo.InvariantCulture, out var ticks)
            ? new ProcessStat(pid, text[(start + 1)..end], fields[0][0], Number(fields[1]), Number(fields[2]), Number(fields[3]), ticks)
            {
                HasMemory = fields[virtualSize - third] != "0",
            }
            : null;
    }

    /// <summary>The arguments, the executable's name first; empty for a zombie, a dying process and a kernel thread.</summary>
    public IReadOnlyList<string>? ReadCommandLine(int pid)
    {
        // Empty although it has memory: in the middle of an exec. Seen right after a spawn; it takes microseconds.
        for (var patience = 1000; ; patience--)
        {
            if (Read($"{root}/{pid}/cmdline") is not { } bytes)
                return null;
            var text = Encoding.UTF8.GetString(bytes);
            if (text.Length > 0)
                return (text[^1] == '\0' ? text[..^1] : text).Split('\0');
            if (patience == 0 || ReadStat(pid) is not { HasMemory: true, IsZombie: false })
                return [];
            Thread.Yield();
        }
    }

    /// <summary>All processes, in the order of their pids.</summary>
    public IReadOnlyList<int> All()
    {
        try
        {
            return [.. Directory.EnumerateDirectories(root)
                .Select(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
                .Where(pid => pid > 0)
                .Order()];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>The processes whose command line names a run directory or something in it, ourselves excepted.</summary>
    public IReadOnlyList<int> FindByRunDirectory(string directory) =>
        [.. All().Where(pid => pid != Environment.ProcessId && ReadCommandLine(pid) is { } arguments && RunDirectoryArgument.IsNamedIn(arguments, directory))];

    /// <summary>The processes that have a file open, among those that may be looked into, ourselves excepted.</summary>
    public IReadOnlyList<int> FindByOpenFile(string path)
    {
        var full = Path.GetFullPath(path);
        return [.. All().Where(pid => pid != Environment.ProcessId && OpenFiles(pid).Contains(full))];
    }

    /// <summary>What a process's descriptors lead to, by number.</summary>
    public IReadOnlyDictionary<int, string> ReadDescriptors(int pid)
    {
        var found = new SortedDictionary<int, string>();
        try
        {
            foreach (var link in Directory.EnumerateFileSystemEntries($"{root}/{pid}/fd"))
            {
                if (ReadLink(link) is { } target)
                    found[Number(Path.GetFileName(link))] = target;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone, or not ours: what was seen so far is all there is to see.
        }

        return found;
    }

    /// <summary>Null for a descriptor that was closed in the meantime: the others are still to be read.</summary>
    private static string? ReadLink(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private IEnumerable<string> OpenFiles(int pid) => ReadDescriptors(pid).Values;

    private static int Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>Some of <c>/proc/PID/stat</c>.</summary>
/// <param name="Pid">The process.</param>
/// <param name="Name">Its <c>comm</c>.</param>
/// <param name="State">The kernel's letter.</param>
/// <param name="Parent">Its parent's pid.</param>
/// <param name="Group">Its process group.</param>
/// <param name="Session">Its session.</param>
/// <param name="StartTime">In clock ticks since boot.</param>
internal sealed record ProcessStat(int Pid, string Name, char State, int Parent, int Group, int Session, long StartTime)
{
    /// <summary>Whether it has an address space; a dying process gives it up before it is a zombie.</summary>
    public bool HasMemory { get; init; }

    /// <summary>Exited, not yet reaped.</summary>
    public bool IsZombie => State is 'Z' or 'X';

    /// <summary>Uninterruptible: even SIGKILL waits.</summary>
    public bool IsUninterruptible => State == 'D';
}
