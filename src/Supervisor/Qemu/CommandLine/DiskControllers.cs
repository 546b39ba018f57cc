using System.Text.Json.Nodes;
using VmSupervisor.Contracts.Definitions;
using static VmSupervisor.Qemu.CommandLine.DeviceArguments;

namespace VmSupervisor.Qemu.CommandLine;

/// <summary>What disks are attached to.</summary>
internal static class DiskControllers
{
    private const int PortsPerAhci = 6;

    /// <summary>The controllers that several disks share.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<DiskDefinition> disks)
    {
        if (disks.Any(d => d is { Bus: DiskBus.Scsi, Iothread: false }))
        {
            foreach (var argument in Device(new() { ["driver"] = "virtio-scsi-pci", ["id"] = "scsi0", ["addr"] = PciAddresses.Scsi }))
                yield return argument;
        }

        // Of our own also where the machine has one: so it does not matter which machine it is.
        var controllers = (disks.Count(d => d.Bus == DiskBus.Sata) + PortsPerAhci - 1) / PortsPerAhci;
        for (var i = 0; i < controllers; i++)
        {
            foreach (var argument in Device(new JsonObject { ["driver"] = "ich9-ahci", ["id"] = Text($"sata{i}") }.At(PciAddresses.Sata(i))))
                yield return argument;
        }
    }

    /// <summary>The controller that a disk has for itself: on SCSI, it is the controller that a thread works for.</summary>
    public static IEnumerable<string> OwnOf(IReadOnlyList<DiskDefinition> disks, int place) => disks[place] is { Bus: DiskBus.Scsi, Iothread: true }
        ? Device(new JsonObject { ["driver"] = "virtio-scsi-pci", ["id"] = OwnScsi(place), ["iothread"] = Text($"iothread{place}") }.At(AddressOf(disks, place)))
        : [];

    /// <summary>The device of a disk, where it belongs.</summary>
    public static JsonObject Attach(IReadOnlyList<DiskDefinition> disks, int place)
    {
        var disk = disks[place];
        switch (disk.Bus)
        {
            case DiskBus.Virtio:
                var device = new JsonObject { ["driver"] = "virtio-blk-pci" }.At(AddressOf(disks, place));
                if (disk.Iothread)
                    device["iothread"] = Text($"iothread{place}");
                return device;
            case DiskBus.Scsi:
                return new()
                {
                    ["driver"] = disk.Media == DiskMedia.Cdrom ? "scsi-cd" : "scsi-hd",
                    ["bus"] = disk.Iothread ? $"{OwnScsi(place)}.0" : "scsi0.0",
                    ["scsi-id"] = 0,
                    ["lun"] = disk.Iothread ? 0 : disks.Take(place).Count(d => d is { Bus: DiskBus.Scsi, Iothread: false }),
                };
            case DiskBus.Sata:
                var port = disks.Take(place).Count(d => d.Bus == DiskBus.Sata);
                return new()
                {
                    // ATA knows no hard disk that is read-only (QEMU refuses it); what is read-only there is a CD-ROM.
                    ["driver"] = disk.Readonly || disk.Media == DiskMedia.Cdrom ? "ide-cd" : "ide-hd",
                    ["bus"] = Text($"sata{port / PortsPerAhci}.{port % PortsPerAhci}"),
                };
            default:
                throw new ArgumentOutOfRangeException(nameof(disks), disk.Bus, "no such bus");
        }
    }

    private static PciAddress AddressOf(IReadOnlyList<DiskDefinition> disks, int place) => PciAddresses.Disk(disks.Take(place).Count(HasItsOwnAddress));

    private static bool HasItsOwnAddress(DiskDefinition disk) => disk.Bus == DiskBus.Virtio || disk is { Bus: DiskBus.Scsi, Iothread: true };

    private static string OwnScsi(int place) => Text($"scsi-disk{place}");
}
