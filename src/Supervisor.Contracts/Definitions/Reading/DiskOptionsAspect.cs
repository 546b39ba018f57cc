namespace VmSupervisor.Contracts.Definitions.Reading;

/// <summary>How a disk is used.</summary>
internal readonly record struct DiskOptionsAspect(DiskCache Cache, DiskDiscard Discard, bool Iothread, string? Serial)
{
    // What virtio and ATA carry.
    private const int LongestSerial = 20;

    public static DiskOptionsAspect Read(Fields disk, DiskBus bus, DiskMedia media)
    {
        var cache = disk.Find("cache")?.Member<DiskCache>() ?? DiskCache.Writeback;
        var discard = disk.Find("discard")?.Member<DiskDiscard>() ?? DiskDiscard.Ignore;
        var iothread = disk.Find("iothread")?.Flag() ?? false;
        if (iothread && (bus == DiskBus.Sata || media == DiskMedia.Cdrom))
            disk.Fault("iothread", bus == DiskBus.Sata ? "true on bus sata" : "true with media cdrom", "false (disks on virtio or scsi can have a thread of their own)");
        return new(cache, discard, iothread, ReadSerial(disk));
    }

    private static string? ReadSerial(Fields disk) => disk.Find("serial")?.Text(
        $"1 to {LongestSerial} letters, digits and . _ + -",
        text => text.Length is > 0 and <= LongestSerial && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '+' or '-'));
}
