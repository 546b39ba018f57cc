namespace VmSupervisor.Contracts.Definitions.Reading;

internal static class DiskAspect
{
    private const string Allowed = "a list of disks, [ { path = /images/web-1.qcow2 } ]";

    // q35's AHCI controller has six ports.
    private const int MostSataDisks = 6;

    // So many places on the PCI bus are kept for disks, so that none ever moves for the sake of another.
    private const int MostOnPci = 24;

    public static ValueList<DiskDefinition> Read(Fields vm)
    {
        var disks = new List<DiskDefinition>();
        foreach (var fields in vm.Objects("disks", Allowed))
        {
            if (ReadOne(fields) is not { } disk)
                continue;
            Compare(fields, disk, disks);
            disks.Add(disk);
        }

        return disks.ToValueList();
    }

    private static DiskDefinition? ReadOne(Fields disk)
    {
        var volume = DiskVolumeAspect.Read(disk);
        var (media, bus, isReadonly) = ReadDrive(disk);

        // What is activated appears as a device, whose bytes are the disk's unless told otherwise; so is a CD.
        var usual = volume.Type == DiskType.File && media == DiskMedia.Disk ? DiskFormat.Qcow2 : DiskFormat.Raw;
        var format = disk.Find("format")?.Member<DiskFormat>() ?? usual;
        var options = DiskOptionsAspect.Read(disk, bus, media);
        disk.RefuseUnknown();
        return volume.Path is null
            ? null
            : new DiskDefinition
            {
                Type = volume.Type,
                Path = volume.Path,
                Script = volume.Script,
                Format = format,
                Bus = bus,
                Readonly = isReadonly,
                Media = media,
                Cache = options.Cache,
                Discard = options.Discard,
                Iothread = options.Iothread,
                Serial = options.Serial,
            };
    }

    private static (DiskMedia Media, DiskBus Bus, bool Readonly) ReadDrive(Fields disk)
    {
        var media = disk.Find("media")?.Member<DiskMedia>() ?? DiskMedia.Disk;
        var isCd = media == DiskMedia.Cdrom;
        var bus = disk.Find("bus")?.Member<DiskBus>() ?? (isCd ? DiskBus.Sata : DiskBus.Virtio);
        var told = disk.Find("readonly")?.Flag();
        if (isCd && bus == DiskBus.Virtio)
            disk.Fault("bus", "virtio with media cdrom", "sata, scsi (virtio knows no CD-ROM)");
        if (isCd && told == false)
            disk.Fault("readonly", "false with media cdrom", "true, or nothing");
        if (!isCd && told == true && bus == DiskBus.Sata)
            disk.Fault("readonly", "true on bus sata", "false (AHCI has no read-only disks: use virtio or scsi, or media = cdrom)");
        return (media, bus, told ?? isCd);
    }

    private static void Compare(Fields fields, DiskDefinition disk, List<DiskDefinition> others)
    {
        // Two read-only views of one image are fine; any other sharing destroys it or fails on QEMU's image lock.
        if (others.Any(other => (other.Path, other.Script) == (disk.Path, disk.Script) && !(other.Readonly && disk.Readonly)))
            fields.Fault(DiskVolumeAspect.KeyOf(disk.Type), $"{disk.Path} twice", "each image once, unless all its disks are readonly");
        if (disk.Serial is not null && others.Any(other => other.Serial == disk.Serial))
            fields.Fault("serial", $"{disk.Serial} twice", "each serial number once (guests find disks by them)");
        if (disk.Bus == DiskBus.Sata && others.Count(other => other.Bus == DiskBus.Sata) == MostSataDisks)
            fields.Fault("bus", $"more than {MostSataDisks} disks on sata", "virtio, scsi");
        if (IsOnPci(disk) && others.Count(IsOnPci) == MostOnPci)
            fields.Fault("bus", $"more than {MostOnPci} disks on virtio or with an iothread", "scsi without an iothread");
    }

    private static bool IsOnPci(DiskDefinition disk) => disk.Bus == DiskBus.Virtio || (disk.Bus == DiskBus.Scsi && disk.Iothread);
}
