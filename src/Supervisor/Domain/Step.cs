using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Domain;

/// <summary>
/// One thing that a start acquires and a cleanup gives back. A plan lists them in the order of acquisition; release
/// walks it backwards. Both are idempotent.
/// </summary>
internal abstract record Step(string Name)
{
    /// <summary>The incarnation's run-time files: sockets, lock, pid file, logs of QEMU.</summary>
    public sealed record RunDirectory() : Step("run-directory");

    /// <summary>The incarnation's control group, for QEMU and whatever it begins.</summary>
    /// <param name="Memory">The most memory, in bytes; null for no limit.</param>
    /// <param name="Cpu">The most CPU time, in CPUs of the host; null for no limit.</param>
    public sealed record Cgroup(long? Memory, decimal? Cpu) : Step("cgroup");

    /// <summary>A volume.</summary>
    /// <param name="Name">Its name within the VM: <c>disk0</c>, …</param>
    /// <param name="Path">The image or device.</param>
    /// <param name="Readonly">Whether the guest may only read it.</param>
    /// <param name="TakeOver">It was kept active by the life before; it is not activated again.</param>
    public sealed record Volume(string Name, string Path, bool Readonly, bool TakeOver) : Step(Name)
    {
        /// <summary>Its kind.</summary>
        public string Type { get; init; } = DiskType.File;

        /// <summary>The executable behind it, when its kind has one.</summary>
        public string? Script { get; init; }

        /// <summary>Whether a disk is this volume, whatever place it has.</summary>
        public bool Is(DiskDefinition disk) => (Type, Path, Script) == (disk.Type, disk.Path, disk.Script);
    }

    /// <summary>
    /// The file with a guest's memory. Acquired by the life that goes on from it (it must be as it was left) or throws it
    /// away; released when it is of no use any more.
    /// </summary>
    /// <param name="Of">The incarnation whose memory it is.</param>
    /// <param name="Discard">Whether it is thrown away unread.</param>
    public sealed record SavedMemory(Incarnation Of, bool Discard) : Step("saved-memory");

    /// <summary>The unfinished files of a backup, which know whose they are.</summary>
    public sealed record PartialBackup(OperationId Operation, ValueList<BackupFile> Files) : Step("partial-backup");

    /// <summary>
    /// An image that a session made for a disk that comes along. Released, it goes, unless the VM was committed here and has not gone
    /// back: then it is the VM's own.
    /// </summary>
    /// <param name="Name">Its name within the VM: <c>image0</c>, …</param>
    /// <param name="Session">Whose.</param>
    /// <param name="Path">Where.</param>
    /// <param name="Format">Its format.</param>
    /// <param name="Size">The size of the disk, in bytes.</param>
    public sealed record SessionImage(string Name, string Session, string Path, DiskFormat Format, long Size) : Step(Name);

    /// <summary>Images that live on at another node: released, they go.</summary>
    public sealed record MovedImages(ValueList<string> Paths) : Step("moved-images");

    /// <summary>What connects a network interface. QEMU's own user networks need none.</summary>
    /// <param name="Name">Its name within the VM: <c>net0</c>, …</param>
    /// <param name="Nic">The interface.</param>
    public sealed record Network(string Name, NicDefinition Nic) : Step(Name);
}
