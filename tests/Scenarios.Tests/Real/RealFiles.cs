using System.Text.RegularExpressions;
using VmSupervisor.EndToEnd.Tests.Support;
using VmSupervisor.Scenarios.Tests.Playing;

namespace VmSupervisor.Scenarios.Tests.Real;

/// <summary>Copies of disks and guests' memory as they lie in a node's directories.</summary>
internal static partial class RealFiles
{
    private const string Unfinished = ".partial";

    public static IReadOnlyList<string> Of(Node node) =>
    [
        .. Copies(node).Where(f => !f.EndsWith(Unfinished, StringComparison.Ordinal)),
        .. Copies(node).Where(f => f.EndsWith(Unfinished, StringComparison.Ordinal)).Select(f => FileLines.Unfinished(Partial().Replace(f, ""))),
        .. Memories(node).Select(FileLines.Memory),
    ];

    private static IEnumerable<string> Copies(Node node) => Directory.EnumerateFiles(node.Root, "disk*", SearchOption.AllDirectories)
        .Where(f => Path.GetDirectoryName(f) != node.Root && !f.StartsWith(node.State, StringComparison.Ordinal) && !f.StartsWith(node.Run, StringComparison.Ordinal))
        .Select(f => Path.GetRelativePath(node.Root, f))
        .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Memories(Node node) => Path.Combine(node.State, "memory") is var directory && Directory.Exists(directory)
        ? Directory.EnumerateFiles(directory).Select(f => Path.GetFileName(f)).Where(f => Memory().IsMatch(f)).Order(StringComparer.Ordinal)
        : [];

    /// <summary>What QEMU still writes to has a tag of its backup behind its name.</summary>
    [GeneratedRegex(@"\.[^.]+\.partial$")]
    private static partial Regex Partial();

    [GeneratedRegex("^[0-9]+-[0-9]+$")]
    private static partial Regex Memory();
}
