using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;

namespace VmSupervisor.Vms.Effects;

/// <summary>Whether a machine can be moved to another host at all.</summary>
internal static class Movability
{
    /// <summary>Devices of the host that QEMU passes on to a guest: nothing of them can be sent.</summary>
    private static readonly string[] HostDevices = ["vfio-", "usb-host", "vhost-vdpa", "host-device"];

    /// <summary>Why not, in one line for a person; null when nothing speaks against it.</summary>
    public static string? WhyNot(VmDefinition definition, MigrationPlan plan) =>
        plan.Disks.FirstOrDefault(d => Moving.Of(definition).All(m => m.Disk.Path != d.Source)) is { } unknown
            ? $"{unknown.Source} is none of its disks that go along"
            : definition.QemuArgs.FirstOrDefault(argument => HostDevices.Any(device => argument.Contains(device, StringComparison.Ordinal))) is { } found
            ? $"its qemu-args pass on a device of this host ({found}), which cannot be moved"
            : definition.Disks.FirstOrDefault(d => d.Type == DiskType.Loop && !d.Readonly) is { } loop
                ? $"its disk {loop.Path} is a loop device, whose writes stay in this host's page cache; use type = file"
                : null;
}
