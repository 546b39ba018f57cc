namespace VmSupervisor.Contracts.Definitions.Reading;

internal static class DiskAspect
{
    private const string Allowed = "a list of disks, [ { path = /images/web-1.qcow2 } ]";

    private const string AllowedVolume = "the volume's name, as its kind knows it";

    // q35's AHCI controller has six ports.
    private const int MostSataDisks = 6;

    public static ValueList<DiskDefinition> Read(Fields vm)
    {
        var disks = new List<DiskDefinition>();
        foreach (var fields in vm.Objects("disks", Allowed))
        {
            if (ReadOne(fields) is not { } disk)
                continue;
            // Two read-only views of one image are fine; any other sharing destroys it or fails on QEMU's image lock.
            if (disks.Any(other => (other.Path, other.Script) == (disk.Path, disk.Script) && !(other.Readonly && disk.Readonly)))
                fields.Fault(KeyOf(disk.Type), $"{disk.Path} twice", "each image once, unless all its disks are readonly");
            if (disk.Bus == DiskBus.Sata && disks.Count(other => other.Bus == DiskBus.Sata) == MostSataDisks)
                fields.Fault("bus", $"more than {MostSataDisks} disks on sata", "virtio, scsi");
            disks.Add(disk);
        }

        return disks.ToValueList();
    }

    private static DiskDefinition? ReadOne(Fields disk)
    {
        var type = disk.Find("type")?.Kind(DiskType.OwnPrefix, DiskType.File, DiskType.Loop, DiskType.Script) ?? DiskType.File;
        var path = ReadVolume(disk, type);
        var script = ReadScript(disk, type);

        // What is activated appears as a device, whose bytes are the disk's unless told otherwise.
        var format = disk.Find("format")?.Member<DiskFormat>() ?? (type == DiskType.File ? DiskFormat.Qcow2 : DiskFormat.Raw);
        var bus = disk.Find("bus")?.Member<DiskBus>() ?? DiskBus.Virtio;
        var isReadonly = disk.Find("readonly")?.Flag() ?? false;
        disk.RefuseUnknown();
        if (isReadonly && bus == DiskBus.Sata)
            disk.Fault("readonly", "true on bus sata", "false (AHCI has no read-only disks: use virtio or scsi)");
        return path is null
            ? null
            : new DiskDefinition { Type = type, Path = path, Script = script, Format = format, Bus = bus, Readonly = isReadonly };
    }

    private static string KeyOf(string type) => type is DiskType.File or DiskType.Loop ? "path" : "volume";

    private static string? ReadVolume(Fields disk, string type)
    {
        var path = disk.Find("path");
        var volume = disk.Find("volume");
        if (KeyOf(type) == "path")
        {
            volume?.Fault($"a volume on a disk of type {type}", "no volume (its path says what it is)");
            if (path is null)
                disk.Fault("path", "nothing", "an absolute path");
            return path?.AbsolutePath();
        }

        path?.Fault($"a path on a disk of type {type}", "no path (its volume says what it is)");
        if (volume is null)
            disk.Fault("volume", "nothing", AllowedVolume);
        return volume?.Text(AllowedVolume, text => text.Length > 0 && text[0] != '-' && !text.Any(char.IsControl));
    }

    private static string? ReadScript(Fields disk, string type)
    {
        var script = disk.Find("script");
        if (type == DiskType.Script)
        {
            if (script is null)
                disk.Fault("script", "nothing", "an absolute path");
            return script?.AbsolutePath();
        }

        script?.Fault($"a script on a disk of type {type}", "no script (type = script has one)");
        return null;
    }
}
