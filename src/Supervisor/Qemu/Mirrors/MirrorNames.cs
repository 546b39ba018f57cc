using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace VmSupervisor.Qemu.Mirrors;

/// <summary>
/// What the things of a session are called on both sides: the names are made of its identity, so that a supervisor which
/// has just come up recognises them, and a source of another session finds nothing.
/// </summary>
internal sealed class MirrorNames(string session)
{
    // A node's name has at most 31 characters (QEMU refuses more): mi-, 12, -, and the disk's name.
    private readonly string tag = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(session)))[..12];

    /// <summary>The job that mirrors a disk.</summary>
    public string Job(string disk) => $"mirror-{tag}-{disk}";

    /// <summary>Whether a job is of this session.</summary>
    public bool IsOurs(string job) => job.StartsWith($"mirror-{tag}-", StringComparison.Ordinal);

    /// <summary>The source's node for the target's disk.</summary>
    public string Node(string disk) => $"mi-{tag}-{disk}";

    /// <summary>The name under which a disk is exported.</summary>
    public string Export(string disk) => $"{tag}-{disk}";

    /// <summary>
    /// The export's id in its QEMU. It keeps the port, since QEMU does not say where it serves; 0 for the socket in the run
    /// directory.
    /// </summary>
    public string ExportId(string disk, int port) => string.Create(CultureInfo.InvariantCulture, $"export-{tag}-{disk}-{port}");

    /// <summary>The port in an export's id; null when the export is not that of this disk.</summary>
    public int? PortOf(string exportId, string disk) =>
        exportId.StartsWith($"export-{tag}-{disk}-", StringComparison.Ordinal)
        && int.TryParse(exportId.AsSpan($"export-{tag}-{disk}-".Length), CultureInfo.InvariantCulture, out var port)
            ? port
            : null;
}
