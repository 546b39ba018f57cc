using VmSupervisor.Contracts;
using VmSupervisor.Linux;
using VmSupervisor.Qemu.CommandLine;

namespace VmSupervisor.Qemu.Uefi;

/// <summary>
/// The variable store of each guest with UEFI: copied once from an empty one, kept from life to life, gone when the VM is
/// undefined.
/// </summary>
/// <param name="stateDirectory">The node's state directory.</param>
/// <param name="images">The firmware to choose from, best first.</param>
internal sealed class VariableStores(string stateDirectory, IReadOnlyList<UefiImage> images)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The files that a start would use, changing nothing.</summary>
    /// <exception cref="IOException">There is no firmware, or none that fits the VM's variable store.</exception>
    public UefiFiles Find(VmId vm) => new(ImageFor(PathOf(vm)).Code, PathOf(vm));

    /// <summary>The files that a start uses; the variable store is made when there is none.</summary>
    /// <exception cref="IOException">There is no firmware, or the store cannot be made.</exception>
    public UefiFiles Prepare(VmId vm)
    {
        var path = PathOf(vm);
        var image = ImageFor(path);
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerOnly);
            DurableFile.TryCreate(path, File.ReadAllBytes(image.Template));
        }

        return new(image.Code, path);
    }

    /// <summary>Forgets a VM; says nothing when it had none.</summary>
    /// <exception cref="IOException">It is still there.</exception>
    public void Forget(VmId vm)
    {
        var path = PathOf(vm);
        if (!File.Exists(path))
            return;
        File.Delete(path);
        DurableFile.SyncDirectory(Path.GetDirectoryName(path)!);
    }

    private string PathOf(VmId vm) => Path.Combine(stateDirectory, "uefi", $"{vm}.vars");

    /// <summary>Code and variables come in sizes that fit each other only: a store that exists says which code is its own.</summary>
    private UefiImage ImageFor(string store)
    {
        var there = images.Where(image => File.Exists(image.Code) && File.Exists(image.Template)).ToArray();
        if (there.Length == 0)
            throw new IOException($"firmware uefi was asked for, and there is no OVMF on this host (apt-get install ovmf); looked for {string.Join(", ", images.Select(image => image.Code))}");
        var size = File.Exists(store) ? new FileInfo(store).Length : new FileInfo(there[0].Template).Length;
        return Array.Find(there, image => new FileInfo(image.Template).Length == size)
            ?? throw new IOException(
                $"the UEFI variables of this VM, {store}, have {size} bytes, and no OVMF on this host is of that size: install the one that they were made by, or delete them to begin anew");
    }
}
