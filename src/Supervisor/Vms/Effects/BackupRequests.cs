using System.Security.Cryptography;
using System.Text;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;

namespace VmSupervisor.Vms.Effects;

/// <summary>Backups as QEMU is asked for them.</summary>
internal static class BackupRequests
{
    /// <summary>Job names in QEMU are short and plain, operation ids need not be.</summary>
    public static BackupRequest Of(OperationId operation, ValueList<BackupFile> files) => new(
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(operation.Value)).AsSpan(0, 8)),
        files.Select(f => new BackupDisk(f.Disk, f.Target, f.Format)).ToValueList(), null, false);
}
