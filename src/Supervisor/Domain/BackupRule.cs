using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Domain;

/// <summary>Which disks a backup copies, and where to.</summary>
internal static class BackupRule
{
    /// <summary>Why a machine has nothing to back up; null when it has.</summary>
    public static string? WhyNot(VmDefinition definition) =>
        definition.Disks.Any(IsCopied) ? null : "it has no disk that a guest can write to, so there is nothing to back up";

    /// <summary>One file for each disk that the guest can write to: <c>DIRECTORY/disk0.qcow2</c>, …</summary>
    public static BackupPlan PlanOf(Wish.Backup wish, VmDefinition definition, bool thenRun)
    {
        var directory = wish.Directory;
        var ending = wish.Format == DiskFormat.Qcow2 ? "qcow2" : "raw";
        var files = definition.Disks
            .Select((disk, place) => (disk, name: $"disk{place}"))
            .Where(d => IsCopied(d.disk))
            .Select(d => new BackupFile(d.name, $"{directory.TrimEnd('/')}/{d.name}.{ending}", wish.Format))
            .ToValueList();
        return new BackupPlan(wish.Mode, files, wish.BytesPerSecond, thenRun);
    }

    private static bool IsCopied(DiskDefinition disk) => !disk.Readonly;
}
