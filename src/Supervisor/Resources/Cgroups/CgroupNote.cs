using VmSupervisor.Domain;

namespace VmSupervisor.Resources.Cgroups;

/// <summary>
/// What an incarnation has of control groups, in a file that is written before they are made: the next daemon may be in
/// another group itself, and so would not find them by its own. It is not in the run directory, which goes also when
/// a group cannot.
/// </summary>
/// <param name="Remark">Which limits have no effect, and why; empty when all have.</param>
/// <param name="Directories">The groups.</param>
internal sealed record CgroupNote(string Remark, IReadOnlyList<string> Directories)
{
    public static CgroupNote? Read(ProcessKey key)
    {
        var file = FileOf(key);
        return File.Exists(file) && File.ReadAllText(file).Split('\n') is [var remark, .. var directories]
            ? new(remark, [.. directories.Where(d => d.Length > 0)])
            : null;
    }

    public void Write(ProcessKey key) => Holdings.Write(FileOf(key), string.Join('\n', [Remark, .. Directories, ""]));

    public static void Remove(ProcessKey key) => Holdings.RemoveFile(FileOf(key));

    private static string FileOf(ProcessKey key) => Path.Combine(Holdings.DirectoryOf(key.RunDirectory), $"cgroup-{key.Incarnation}");
}
