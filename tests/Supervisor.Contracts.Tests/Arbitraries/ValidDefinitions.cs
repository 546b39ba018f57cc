using FsCheck;
using FsCheck.Fluent;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Arbitraries;

/// <summary>Definitions that are valid, of every kind.</summary>
internal static class ValidDefinitions
{
    private static readonly Gen<string> Text = Gen.Elements("", "console=ttyS0 quiet", "ä\"\\ö", "a,b=c", "'x'", "\t", "€ 日本");

    private static readonly Gen<string> AbsolutePath =
        from parts in Gen.NonEmptyListOf(Gen.Elements("images", "a b", "ä", "x,y", "\"", "disk.qcow2"))
        select "/" + string.Join('/', parts);

    public static readonly Gen<DiskDefinition> Disk =
        from path in AbsolutePath
        from format in Gen.Elements(Enum.GetValues<DiskFormat>())
        from media in Gen.Frequency((4, Gen.Constant(DiskMedia.Disk)), (1, Gen.Constant(DiskMedia.Cdrom)))
        from bus in media == DiskMedia.Cdrom ? Gen.Elements(DiskBus.Sata, DiskBus.Scsi) : Gen.Elements(Enum.GetValues<DiskBus>())
        from flag in Gen.Elements(true, false)
        from cache in Gen.Elements(Enum.GetValues<DiskCache>())
        from discard in Gen.Elements(Enum.GetValues<DiskDiscard>())
        from iothread in Gen.Elements(true, false)
        from serial in Gen.Elements("S-1", "a.b_c+d", "12345678901234567890").OrNull()
        from type in Gen.Elements(DiskType.File, DiskType.Loop, DiskType.Script, "x-own")
        select new DiskDefinition
        {
            Type = type,
            Path = path,
            Script = type == DiskType.Script ? "/script" : null,
            Format = format,
            Bus = bus,
            Readonly = media == DiskMedia.Cdrom || (flag && bus != DiskBus.Sata),
            Media = media,
            Cache = cache,
            Discard = discard,
            Iothread = iothread && media == DiskMedia.Disk && bus != DiskBus.Sata,
            Serial = serial,
        };

    private static readonly Gen<(int Cpus, CpuTopology? Topology)> Cpus = Gen.OneOf(
        from cpus in Gen.Choose(1, 255) select (cpus, (CpuTopology?)null),
        from sockets in Gen.Choose(1, 4)
        from dies in Gen.Choose(1, 2)
        from cores in Gen.Choose(1, 8)
        from threads in Gen.Choose(1, 2)
        select (sockets * dies * cores * threads, (CpuTopology?)new CpuTopology(sockets, dies, cores, threads)));

    private static readonly Gen<VmDefinition> Devices =
        from rng in Gen.Elements(true, false)
        from balloon in Gen.Elements(true, false)
        from agent in Gen.Elements(true, false)
        from pvpanic in Gen.Elements(true, false)
        from watchdog in Gen.Elements(Enum.GetValues<Watchdog>())
        from firmware in Gen.Elements(Enum.GetValues<Firmware>())
        from machine in Gen.Elements("q35", "pc", "isapc", "pc-q35-7.2")
        from pinned in Gen.Elements("pc-q35-7.2").OrNull()
        from uuid in Gen.Elements("8f1f2b1e-d6e0-4d0c-9a5b-3f6f0c6e7a41").OrNull()
        from model in Gen.Elements("max", "qemu64", "486").OrNull()
        from flags in Gen.SubListOf("+aes", "-vmx", "+pdpe1gb")
        select new VmDefinition
        {
            Id = new VmId(1),
            Name = "",
            Memory = 0,
            Machine = machine,
            PinnedMachine = pinned,
            Uuid = uuid,
            Firmware = firmware,
            Cpu = model,
            CpuFlags = model is null ? [] : flags.ToValueList(),
            Rng = rng,
            Balloon = balloon,
            Agent = agent,
            Pvpanic = pvpanic,
            Watchdog = watchdog,
        };

    private static readonly Gen<NicDefinition> Nic =
        from last in Gen.Choose(-100, 255)
        from type in Gen.Elements(NicType.User, NicType.Tap, "x-own")
        from link in Gen.Elements(NicLink.Up, NicLink.Down)
        from number in Gen.Choose(0, 200)
        let isUser = type == NicType.User
        select new NicDefinition
        {
            Type = type,
            Mac = last < 0 ? null : $"52:54:00:00:00:{last:x2}",
            Bridge = isUser ? null : "br0",
            Vlan = isUser || number == 0 ? null : number,
            Mtu = isUser || number < 68 ? null : number,
            Queues = isUser ? 1 : number + 1,
            Link = link,
            Forward = isUser && last > 0
                ? [new PortForward { Port = last, GuestPort = number + 1, Protocol = number % 2 == 0 ? ForwardProtocol.Tcp : ForwardProtocol.Udp }]
                : [],
        };

    public static readonly Gen<VmDefinition> Any =
        from id in Gen.Choose(1, VmId.MaxValue)
        from name in Gen.Elements("web-1", "_", "a.b", "vm-7", "0x")
        from mebibytes in Gen.Choose(1, int.MaxValue)
        from cpus in Cpus
        from devices in Devices
        from accel in Gen.Elements(Enum.GetValues<Accelerator>())
        from panic in Gen.Elements(Enum.GetValues<PanicPolicy>())
        from restart in Gen.Elements(Enum.GetValues<RestartPolicy>())
        from autostart in Gen.Elements(true, false)
        from order in Gen.Choose(0, 9999)
        from seconds in Gen.Choose(0, 3600)
        from bios in AbsolutePath.OrNull()
        from kernel in AbsolutePath.OrNull()
        from initrd in AbsolutePath.OrNull()
        from cmdline in Text.OrNull()
        from milliseconds in Gen.Choose(1, 24 * 3600 * 1000)
        from disks in Gen.ListOf(Disk)
        from nics in Gen.ListOf(Nic)
        from hooks in Gen.ListOf(AbsolutePath)
        from qemuArgs in Gen.ListOf(Text)
        let differing = Differing(disks)
        let told = nics.DistinctBy(nic => nic.Mac ?? "auto").Take(26).ToValueList()
        from boot in Gen.SubListOf(differing.Select((_, i) => $"disk{i}").Concat(told.Select((_, i) => $"net{i}")).Reverse())
        select devices with
        {
            Id = new VmId(id),
            Name = name,
            Memory = (long)mebibytes << 20,
            Cpus = cpus.Cpus,
            Topology = cpus.Topology,
            MemoryLimit = cpus.Cpus % 2 == 0 ? ((long)mebibytes + 32) << 20 : null,
            CpuLimit = cpus.Cpus % 3 == 0 ? cpus.Cpus / 4m : null,
            Accel = accel,
            OnPanic = panic,
            Restart = restart,
            Autostart = autostart,
            StartupOrder = order,
            StartupDelay = TimeSpan.FromSeconds(seconds),
            Bios = devices.Firmware == Firmware.Uefi ? null : bios,
            Kernel = kernel,
            Initrd = kernel is null ? null : initrd,
            Cmdline = kernel is null ? null : cmdline,
            ShutdownTimeout = TimeSpan.FromMilliseconds(milliseconds),
            Boot = boot.ToValueList(),
            Disks = differing,
            Nics = told,
            Hooks = hooks.Distinct().ToValueList(),
            QemuArgs = qemuArgs.ToValueList(),
        };

    // Each image, each serial number and each of the six ports of sata once.
    private static ValueList<DiskDefinition> Differing(IEnumerable<DiskDefinition> disks)
    {
        var some = disks.DistinctBy(disk => disk.Path).Take(24).ToArray();
        return some
            .Select((disk, place) => disk.Serial is not null && some.Take(place).Any(other => other.Serial == disk.Serial) ? disk with { Serial = null } : disk)
            .Where((disk, place) => disk.Bus != DiskBus.Sata || some.Take(place).Count(other => other.Bus == DiskBus.Sata) < 6)
            .ToValueList();
    }
}
