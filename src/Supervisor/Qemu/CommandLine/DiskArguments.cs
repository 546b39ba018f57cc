using System.Text.Json.Nodes;
using VmSupervisor.Contracts.Definitions;
using static VmSupervisor.Qemu.CommandLine.DeviceArguments;

namespace VmSupervisor.Qemu.CommandLine;

/// <summary>Disks: an image opened by <c>-blockdev</c>, and a device in front of it.</summary>
internal static class DiskArguments
{
    public static IEnumerable<string> Of(LaunchPlan plan)
    {
        var disks = plan.Definition.Disks;
        return
        [
            .. DiskControllers.Of(disks),
            .. disks.SelectMany((disk, place) => Disk(plan, disk with { Path = plan.BackEnds.Volume(place) ?? disk.Path }, place)),
        ];
    }

    private static IEnumerable<string> Disk(LaunchPlan plan, DiskDefinition disk, int place) =>
    [
        .. disk.Iothread ? Object(new() { ["qom-type"] = "iothread", ["id"] = Text($"iothread{place}") }) : [],
        "-blockdev", QemuValue.Json(DiskImage.Of(disk, place)),
        .. DiskControllers.OwnOf(plan.Definition.Disks, place),
        .. Device(Front(plan.Definition, disk, place)),
    ];

    private static JsonObject Front(VmDefinition definition, DiskDefinition disk, int place)
    {
        var device = DiskControllers.Attach(definition.Disks, place);
        device["drive"] = Text($"disk{place}");
        device["id"] = Text($"drive{place}");
        if (disk.Serial is not null)
            device["serial"] = disk.Serial;

        // What the guest believes of its writes: without a cache it need not flush.
        if (disk.Cache is DiskCache.Writethrough or DiskCache.Directsync)
            device["write-cache"] = "off";
        if (BootOrder.Of(definition, Text($"disk{place}"), unlessTold: place + 1) is { } number)
            device["bootindex"] = number;
        return device;
    }
}
