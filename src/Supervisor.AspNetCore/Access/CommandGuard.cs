using System.Globalization;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.AspNetCore.Access;

/// <summary>
/// What commands of callers who are no admins may name of the host. QEMU runs as a user who may do much more than they, and
/// opens whatever it is told to.
/// </summary>
internal sealed class CommandGuard(VmSupervisorAccessOptions options)
{
    private const int LongestChain = 20, FirstFreePort = 1024;

    private readonly FileRoots _roots = new(options.Roots);

    /// <summary>Why a command may not be given; null when it may.</summary>
    /// <param name="command">The command.</param>
    /// <param name="current">The VM's definition so far; null when there is none.</param>
    public string? WhyNot(VmCommand command, VmDefinition? current) => command switch
    {
        // Also what is given up: a hook of an admin's is not for others to take away.
        VmCommand.Define define => Refuse(WhyNot(define.Definition)) ?? Refuse(current is null ? null : WhyNot(current), "as it is defined now "),
        VmCommand.Backup backup => Refuse(WhyNotPath("directory", backup.Directory)),
        VmCommand.Migrate { Disks.Count: > 0 } => Refuse("disks: paths at another node, whose links cannot be seen from here"),
        _ => null,
    };

    private static string? Refuse(string? why, string which = "") => why is null ? null : $"not allowed without the role admin: {which}{why}";

    private string? WhyNot(VmDefinition vm)
    {
        if (vm.QemuArgs.Count > 0)
            return "qemu-args, which can have QEMU do anything";
        if (vm.Hooks.Count > 0)
            return "hooks, which run as the supervisor's user";
        var files = WhyNotPath("bios", vm.Bios) ?? WhyNotPath("kernel", vm.Kernel) ?? WhyNotPath("initrd", vm.Initrd);

        // A multiboot kernel has QEMU read every file of a list with commas.
        if (files is null && vm.Initrd is { } initrd && (initrd.Contains(',') || initrd.Contains(' ')))
            return $"initrd: {initrd} has a comma or a blank, at which QEMU may divide it";
        return files
            ?? vm.Disks.Index().Select(disk => WhyNot(Key("disks", disk.Index), disk.Item)).FirstOrDefault(why => why is not null)
            ?? vm.Nics.Index().Select(nic => WhyNot(Key("nics", nic.Index), nic.Item)).FirstOrDefault(why => why is not null);
    }

    private string? WhyNot(string key, DiskDefinition disk) => disk.Type switch
    {
        DiskType.File or DiskType.Loop => WhyNotPath($"{key}.path", disk.Path) ?? (disk.Format == DiskFormat.Qcow2 ? WhyNotImage($"{key}.path", disk.Path) : null),
        DiskType.Script => $"{key}: type script, whose script runs as the supervisor's user",
        _ => $"{key}: type {disk.Type}, of which only its maker knows what it opens",
    };

    private string? WhyNot(string key, NicDefinition nic) => nic.Type switch
    {
        NicType.User => nic.Forward.FirstOrDefault(forward => forward.Port < FirstFreePort) is { } forward
            ? string.Create(CultureInfo.InvariantCulture, $"{key}.forward: port {forward.Port} of the host; allowed are those from {FirstFreePort} on")
            : null,
        NicType.Tap when nic.Bridge is { } bridge && options.Bridges.Contains(bridge) => null,
        NicType.Tap => $"{key}.bridge: {nic.Bridge} is none of the bridges allowed (vmsup.access.bridges)",
        _ => $"{key}: type {nic.Type}, of which only its maker knows what it opens",
    };

    private string? WhyNotPath(string key, string? path) => path is not null && _roots.WhyNot(path) is { } why ? $"{key}: {path}: {why}" : null;

    private string? WhyNotImage(string key, string image)
    {
        try
        {
            for (var depth = 0; depth < LongestChain; depth++)
            {
                // Not there yet, or no plain file: nothing can be read of it now, and devices are not in roots.
                if (new FileInfo(image) is not { Exists: true, Length: > 0 } || ImageHeader.BackingFileOf(image) is not { } backing)
                    return null;

                // QEMU takes it from where the image is by its name, and so do we.
                image = backing.StartsWith('/') ? backing : FileRoots.Resolve($"{Path.GetDirectoryName(image)}/{backing}") ?? backing;
                if (_roots.WhyNot(image) is { } why)
                    return $"{key}: its backing file {image}: {why}";
            }

            return $"{key}: its chain of backing files does not end";
        }
        catch (InvalidDataException e)
        {
            return $"{key}: the image {image} {e.Message}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{key}: the image {image} cannot be looked into: {e.Message}";
        }
    }

    private static string Key(string list, int place) => string.Create(CultureInfo.InvariantCulture, $"{list}[{place}]");
}
