using System.Globalization;

namespace VmSupervisor.Chaos.Observer;

/// <summary>A QEMU as /proc shows it. A command line that can be read is that of a process which has not exited.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="Start">Its start, in hundredths of a second since the boot.</param>
/// <param name="Vm">The VM whose run directory its command line names.</param>
/// <param name="Life">The incarnation.</param>
/// <param name="Line">Its command line.</param>
internal sealed record Qemu(int Pid, long Start, int Vm, long Life, string Line)
{
    public override string ToString() => $"QEMU {Pid} of vm {Vm} life {Life}";
}

/// <summary>All that /proc shows of a node.</summary>
internal sealed class Processes(Place place)
{
    private readonly string directories = place.RunDirectories + "/";

    public IReadOnlyList<Qemu> Qemus() => [.. Pids().Select(QemuOf).OfType<Qemu>()];

    public bool Lives(Qemu qemu) => QemuOf(qemu.Pid) is { } now && now.Start == qemu.Start;

    /// <summary>Whether the process belongs to a hook or a volume's script of the VM.</summary>
    public bool IsScriptOf(int pid, int vm)
    {
        var environment = Read(pid, "environ").Split('\0');
        return environment.Contains($"VMSUP_NODE={place.Node}") && environment.Contains($"VMSUP_VM={vm}");
    }

    public bool SupervisorLives() => Pids().Any(pid =>
        Read(pid, "cmdline") is var line && line.Contains("vmsupd") && line.Contains(place.Root + "/s"));

    /// <summary>Whatever names the node's directory or its name: QEMUs, hooks, their runners, helpers, the supervisor.</summary>
    public IReadOnlyList<(int Pid, string Line)> Everything()
    {
        var found = new List<(int, string)>();
        foreach (var pid in Pids())
        {
            var line = Read(pid, "cmdline");
            if (line.Length > 0 && pid != Environment.ProcessId && !line.Contains("Chaos.")
                && (line.Contains(place.Root) || Read(pid, "environ").Split('\0').Contains($"VMSUP_NODE={place.Node}")))
                found.Add((pid, line.Replace('\0', ' ').Trim()));
        }

        return found;
    }

    private static IEnumerable<int> Pids()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
                yield return pid;
        }
    }

    private Qemu? QemuOf(int pid)
    {
        var line = Read(pid, "cmdline");
        var at = line.IndexOf(directories, StringComparison.Ordinal);
        if (at < 0 || !line.Split('\0')[0].Contains("qemu"))
            return null;
        var parts = line[(at + directories.Length)..].Split('/', 3);
        var life = new string([.. parts[1].TakeWhile(char.IsAsciiDigit)]);
        var stat = Read(pid, "stat");
        return stat.Length == 0
            ? null
            : new Qemu(pid, long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19], CultureInfo.InvariantCulture),
                int.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(life, CultureInfo.InvariantCulture), line.Replace('\0', ' '));
    }

    private static string Read(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
