using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.CommandLine;

namespace VmSupervisor.Supervisor.Tests.Qemu.CommandLine;

/// <summary>Whatever a definition can say, a real QEMU takes.</summary>
[Trait("needs", "qemu")]
public sealed class AcceptedByQemuTests
{
    public static TheoryData<string, DiskFormat, DiskBus, bool> Disks
    {
        get
        {
            var data = new TheoryData<string, DiskFormat, DiskBus, bool>();
            foreach (var machine in new[] { "q35", "pc" })
            {
                foreach (var bus in Enum.GetValues<DiskBus>())
                {
                    data.Add(machine, DiskFormat.Qcow2, bus, false);
                    data.Add(machine, DiskFormat.Raw, bus, true);
                }
            }

            return data;
        }
    }

    [Theory(Timeout = QemuFixture.Limit)]
    [MemberData(nameof(Disks))]
    public async Task A_disk_of_any_kind(string machine, DiskFormat format, DiskBus bus, bool isReadonly)
    {
        await using var host = new QemuFixture();
        var image = Image(host, format);
        await host.LaunchAsync(QemuFixture.Nano() with
        {
            Machine = machine,
            Disks = [new() { Path = image, Format = format, Bus = bus, Readonly = isReadonly }],
        });
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Eight_disks_of_a_kind()
    {
        await using var host = new QemuFixture();
        foreach (var bus in Enum.GetValues<DiskBus>())
        {
            var disks = Enumerable.Range(0, 8).Select(i => new DiskDefinition { Path = Image(host, DiskFormat.Raw, $"{bus}{i}"), Format = DiskFormat.Raw, Bus = bus });
            await host.LaunchAsync(QemuFixture.Nano() with { Disks = [.. disks] });
        }
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Nics_CPUs_names_and_paths_with_odd_characters()
    {
        await using var host = new QemuFixture();
        var key = host.NewKey() with { RunDirectory = Directory.CreateDirectory(host.Files["r, u=n"]).FullName };
        var launched = await host.Hypervisor.LaunchAsync(
            new(key, QemuFixture.Nano() with
            {
                Name = "a.b_c-D",
                Cpus = 2,
                Nics = [new(), new()],
                Disks = [new() { Path = Image(host, DiskFormat.Qcow2, "o,d d\"ö=\\"), Format = DiskFormat.Qcow2 }],
                QemuArgs = ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"],
            }),
            default);
        Assert.IsType<LaunchResult.Launched>(launched);
        await host.Hypervisor.ContinueAsync(key, default);
        await host.SerialAsync(key, "READY");
        await host.Hypervisor.ExtinguishAsync(key, null, _ => { }, default);
        host.AssertNothingLeft(key);
    }

    private static string Image(QemuFixture host, DiskFormat format, string name = "image")
    {
        var path = host.Files[name];
        File.WriteAllBytes(path, format == DiskFormat.Raw ? new byte[1 << 20] : EmptyQcow2());
        return path;
    }

    /// <summary>A 1 MiB image of version 2 with 64 KiB clusters: header, L1 table, refcount table and block.</summary>
    private static byte[] EmptyQcow2()
    {
        const int cluster = 1 << 16;
        var image = new byte[4 * cluster];
        ulong[] header = [0x514649fb00000002, 0, 0x0000000000000010, 1 << 20, 0x0000000000000001, cluster, 2 * cluster, 0x0000000100000000, 0];
        for (var i = 0; i < header.Length; i++)
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(image.AsSpan(i * 8), header[i]);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(image.AsSpan(2 * cluster), 3 * cluster);
        for (var i = 0; i < 4; i++)
            System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(image.AsSpan((3 * cluster) + (i * 2)), 1);
        return image;
    }
}
