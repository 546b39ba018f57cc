namespace VmSupervisor.Resources.Cgroups;

/// <summary>
/// What an incarnation has of control groups, in a file of its run directory. It is written before the groups are made:
/// the next daemon may be in another group itself, and so would not find them by its own.
/// </summary>
/// <param name="Remark">Which limits have no effect, and why; empty when all have.</param>
/// <param name="Directories">The groups.</param>
internal sealed record CgroupNote(string Remark, IReadOnlyList<string> Directories)
{
    private const string FileName = "cgroup";

    public static CgroupNote? Read(string runDirectory)
    {
        var file = Path.Combine(runDirectory, FileName);
        return File.Exists(file) && File.ReadAllText(file).Split('\n') is [var remark, .. var directories]
            ? new(remark, [.. directories.Where(d => d.Length > 0)])
            : null;
    }

    public void Write(string runDirectory) =>
        File.WriteAllText(Path.Combine(runDirectory, FileName), string.Join('\n', [Remark, .. Directories, ""]));
}
