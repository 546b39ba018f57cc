namespace VmSupervisor.Contracts.Definitions.Reading;

internal static class DiskAspect
{
    private const string Allowed = "a list of disks, [ { path = /images/web-1.qcow2 } ]";

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
            if (disks.Any(other => other.Path == disk.Path && !(other.Readonly && disk.Readonly)))
                fields.Fault("path", $"{disk.Path} twice", "each image once, unless all its disks are readonly");
            if (disk.Bus == DiskBus.Sata && disks.Count(other => other.Bus == DiskBus.Sata) == MostSataDisks)
                fields.Fault("bus", $"more than {MostSataDisks} disks on sata", "virtio, scsi");
            disks.Add(disk);
        }

        return disks.ToValueList();
    }

    private static DiskDefinition? ReadOne(Fields disk)
    {
        var path = disk.Required("path", "an absolute path")?.AbsolutePath();
        var format = disk.Find("format")?.Member<DiskFormat>() ?? DiskFormat.Qcow2;
        var bus = disk.Find("bus")?.Member<DiskBus>() ?? DiskBus.Virtio;
        var isReadonly = disk.Find("readonly")?.Flag() ?? false;
        disk.RefuseUnknown();
        if (isReadonly && bus == DiskBus.Sata)
            disk.Fault("readonly", "true on bus sata", "false (AHCI has no read-only disks: use virtio or scsi)");
        return path is null ? null : new DiskDefinition { Path = path, Format = format, Bus = bus, Readonly = isReadonly };
    }
}
