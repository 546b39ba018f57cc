namespace VmSupervisor.Chaos.Observer;

/// <summary>What the kernel shows of taps and loop devices (where ip(8) and losetup(8) read it, too).</summary>
internal sealed class Devices(Place place)
{
    /// <summary>Taps by name, and the VM in their alias.</summary>
    public IReadOnlyList<(string Name, string Vm)> Taps() =>
    [
        .. Directory.EnumerateFileSystemEntries("/sys/class/net")
            .Select(d => (Name: Path.GetFileName(d), Alias: Read(Path.Combine(d, "ifalias")).Split(' ')))
            .Where(t => t.Alias is ["vmsup", var node, "vm", _, ..] && node == place.Node)
            .Select(t => (t.Name, t.Alias[3])),
    ];

    /// <summary>Loop devices by name, and the file behind them.</summary>
    public IReadOnlyList<(string Name, string File)> Loops() =>
    [
        .. Directory.EnumerateFileSystemEntries("/sys/block", "loop*")
            .Select(d => (Name: Path.GetFileName(d), File: Read(Path.Combine(d, "loop/backing_file"))))
            .Where(l => l.File.StartsWith(place.Root + "/", StringComparison.Ordinal)),
    ];

    public static bool HasInterface(string name) => Directory.Exists($"/sys/class/net/{name}");

    public static bool HasLoop(string name) => File.Exists($"/sys/block/{name}/loop/backing_file");

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).TrimEnd('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
