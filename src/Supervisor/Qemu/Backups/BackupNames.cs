using System.Security.Cryptography;
using System.Text;

namespace VmSupervisor.Qemu.Backups;

/// <summary>
/// What the things of a backup are called: the names are made of the request's id, so that a supervisor which has just
/// come up recognises them, and nobody else's are taken for them.
/// </summary>
internal sealed class BackupNames(string id)
{
    private const string FrozenMark = "-frozen";

    // A node's name has at most 31 characters (QEMU refuses more): bk-, 12, -, and the disk's name.
    private readonly string tag = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..12];

    /// <summary>The job that copies a disk; its name keeps that the guest was frozen, for whoever finds it later.</summary>
    public string Job(BackupDisk disk, bool frozen) => $"backup-{tag}-{disk.Name}{(frozen ? FrozenMark : "")}";

    /// <summary>The disk of a job; null when the job is not of this backup.</summary>
    public string? DiskOf(string job) => job.StartsWith($"backup-{tag}-", StringComparison.Ordinal)
        ? job[$"backup-{tag}-".Length..].Replace(FrozenMark, "", StringComparison.Ordinal)
        : null;

    /// <summary>Whether a job was begun with the guest frozen.</summary>
    public static bool IsFrozen(string job) => job.EndsWith(FrozenMark, StringComparison.Ordinal);

    /// <summary>The job that formats a target.</summary>
    public string Formatting(BackupDisk disk) => $"format-{tag}-{disk.Name}";

    /// <summary>Whether a job is of this backup, of either kind.</summary>
    public bool IsOurs(string job) => DiskOf(job) is not null || job.StartsWith($"format-{tag}-", StringComparison.Ordinal);

    /// <summary>The node that is copied to.</summary>
    public string Target(BackupDisk disk) => $"bk-{tag}-{disk.Name}";

    /// <summary>The node of a target that is being formatted.</summary>
    public string Unformatted(BackupDisk disk) => $"bf-{tag}-{disk.Name}";

    /// <summary>The file until it is complete. On the target's file system, so that it can be given its name in one step.</summary>
    public string Partial(BackupDisk disk) => $"{disk.Target}.{tag}.partial";
}
