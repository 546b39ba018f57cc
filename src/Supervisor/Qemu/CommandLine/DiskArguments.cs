using System.Globalization;
using System.Text.Json.Nodes;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Qemu.CommandLine;

/// <summary>Disks: an image opened by <c>-blockdev</c>, and a device in front of it.</summary>
internal static class DiskArguments
{
    private const int PortsPerAhci = 6;

    public static IEnumerable<string> Of(LaunchPlan plan)
    {
        var disks = plan.Definition.Disks;
        return
        [
            .. Controllers(disks),
            .. disks.SelectMany((disk, place) => Disk(disk with { Path = plan.BackEnds.Volume(place) ?? disk.Path }, place, disks.Take(place).Count(d => d.Bus == disk.Bus))),
        ];
    }

    private static IEnumerable<string> Controllers(IReadOnlyCollection<DiskDefinition> disks)
    {
        if (disks.Any(d => d.Bus == DiskBus.Scsi))
        {
            foreach (var argument in Device(new() { ["driver"] = "virtio-scsi-pci", ["id"] = "scsi0" }))
                yield return argument;
        }

        // Of our own also where the machine has one: so it does not matter which machine it is.
        var controllers = (disks.Count(d => d.Bus == DiskBus.Sata) + PortsPerAhci - 1) / PortsPerAhci;
        for (var i = 0; i < controllers; i++)
        {
            foreach (var argument in Device(new() { ["driver"] = "ich9-ahci", ["id"] = Text($"sata{i}") }))
                yield return argument;
        }
    }

    private static IEnumerable<string> Disk(DiskDefinition disk, int place, int placeOnBus) =>
    [
        "-blockdev", QemuValue.Json(Image(disk, place)),
        .. Device(Front(disk, place, placeOnBus)),
    ];

    private static JsonObject Image(DiskDefinition disk, int place) => new()
    {
        ["node-name"] = Text($"disk{place}"),
        ["driver"] = disk.Format switch
        {
            DiskFormat.Qcow2 => "qcow2",
            DiskFormat.Raw => "raw",
            _ => throw new ArgumentOutOfRangeException(nameof(disk), disk.Format, "no such format"),
        },
        ["read-only"] = disk.Readonly,
        ["file"] = new JsonObject
        {
            // QEMU opens a block device by another driver than a file, and refuses to mix them up.
            ["driver"] = disk.Path.StartsWith("/dev/", StringComparison.Ordinal) ? "host_device" : "file",
            ["filename"] = disk.Path,
            ["read-only"] = disk.Readonly,
        },
    };

    private static JsonObject Front(DiskDefinition disk, int place, int placeOnBus)
    {
        JsonObject device = disk.Bus switch
        {
            DiskBus.Virtio => new() { ["driver"] = "virtio-blk-pci" },
            DiskBus.Scsi => new() { ["driver"] = "scsi-hd", ["bus"] = "scsi0.0", ["scsi-id"] = 0, ["lun"] = placeOnBus },

            // ATA knows no hard disk that is read-only (QEMU refuses it); what is read-only there is a CD-ROM.
            DiskBus.Sata => new()
            {
                ["driver"] = disk.Readonly ? "ide-cd" : "ide-hd",
                ["bus"] = Text($"sata{placeOnBus / PortsPerAhci}.{placeOnBus % PortsPerAhci}"),
            },
            _ => throw new ArgumentOutOfRangeException(nameof(disk), disk.Bus, "no such bus"),
        };
        device["drive"] = Text($"disk{place}");
        device["id"] = Text($"drive{place}");

        // The firmware tries them in their order.
        device["bootindex"] = place + 1;
        return device;
    }

    private static IEnumerable<string> Device(JsonObject device) => ["-device", QemuValue.Json(device)];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
