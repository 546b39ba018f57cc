using System.Net.Sockets;
using System.Text.Json;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.CommandLine;
using VmSupervisor.Qemu.Qmp;
using VmSupervisor.Qemu.Uefi;

namespace VmSupervisor.Supervisor.Tests.Qemu;

/// <summary>What a definition asks for is what a real QEMU has, by its own words.</summary>
[Trait("needs", "qemu")]
public sealed class HardwareTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    public static TheoryData<DiskBus, DiskCache, DiskDiscard, bool> Disks
    {
        get
        {
            var data = new TheoryData<DiskBus, DiskCache, DiskDiscard, bool>();
            foreach (var bus in Enum.GetValues<DiskBus>())
            {
                foreach (var cache in Enum.GetValues<DiskCache>())
                    data.Add(bus, cache, cache == DiskCache.None ? DiskDiscard.Unmap : DiskDiscard.Ignore, bus != DiskBus.Sata && cache != DiskCache.Unsafe);
            }

            return data;
        }
    }

    [Theory(Timeout = QemuFixture.Limit), MemberData(nameof(Disks))]
    public async Task A_disk_is_cached_discarded_and_worked_for_as_told(DiskBus bus, DiskCache cache, DiskDiscard discard, bool iothread)
    {
        await using var host = new QemuFixture();
        await using var qemu = await BootAsync(host, QemuFixture.Nano() with
        {
            Disks = [new() { Path = host.Raw("a"), Format = DiskFormat.Raw, Bus = bus, Cache = cache, Discard = discard, Iothread = iothread, Serial = "S-1" }],
        });
        var block = Assert.Single((await qemu.AskAsync("query-block")).EnumerateArray()).GetProperty("inserted");
        var cached = block.GetProperty("cache");
        Assert.Equal(cache is DiskCache.None or DiskCache.Directsync, cached.GetProperty("direct").GetBoolean());
        Assert.Equal(cache == DiskCache.Unsafe, cached.GetProperty("no-flush").GetBoolean());
        Assert.Equal(cache is not (DiskCache.Writethrough or DiskCache.Directsync), cached.GetProperty("writeback").GetBoolean());
        Assert.Equal("S-1", (await qemu.GetAsync("/machine/peripheral/drive0", "serial")).GetString());
        Assert.Equal(iothread ? 1 : 0, (await qemu.AskAsync("query-iothreads")).GetArrayLength());
    }

    [Theory(Timeout = QemuFixture.Limit)]
    [InlineData(DiskBus.Sata)]
    [InlineData(DiskBus.Scsi)]
    public async Task A_cdrom_is_removable_and_read_only(DiskBus bus)
    {
        await using var host = new QemuFixture();
        await using var qemu = await BootAsync(host, QemuFixture.Nano() with
        {
            Disks = [new() { Path = host.Raw("cd"), Format = DiskFormat.Raw, Bus = bus, Readonly = true, Media = DiskMedia.Cdrom }],
        });
        var drive = Assert.Single((await qemu.AskAsync("query-block")).EnumerateArray());
        Assert.True(drive.GetProperty("removable").GetBoolean());
        Assert.True(drive.GetProperty("inserted").GetProperty("ro").GetBoolean());
        Assert.False(drive.GetProperty("tray_open").GetBoolean());
    }

    [Theory(Timeout = QemuFixture.Limit)]
    [InlineData("q35")]
    [InlineData("pc")]
    public async Task Every_device_is_at_its_own_address_also_on_a_full_bus(string machine)
    {
        await using var host = new QemuFixture();
        await using var qemu = await BootAsync(host, QemuFixture.Nano() with
        {
            Machine = machine,
            Agent = true,
            Disks =
            [
                .. Enumerable.Range(0, 22).Select(i => Disk(host, i, DiskBus.Virtio)),
                Disk(host, 22, DiskBus.Scsi) with { Iothread = true }, Disk(host, 23, DiskBus.Scsi) with { Iothread = true },
                Disk(host, 24, DiskBus.Scsi), Disk(host, 25, DiskBus.Sata),
            ],
            Nics = [.. Enumerable.Range(0, 26).Select(_ => new NicDefinition())],
            Boot = ["disk25", "net25", "disk0"],
        });
        var devices = Assert.Single((await qemu.AskAsync("query-pci")).EnumerateArray()).GetProperty("devices").EnumerateArray().ToArray();
        string AddressOf(string id)
        {
            var device = Assert.Single(devices, d => d.GetProperty("qdev_id").GetString() == id);
            return FormattableString.Invariant($"{device.GetProperty("slot").GetInt32():x2}.{device.GetProperty("function").GetInt32()}");
        }

        Assert.Equal(["03.0", "04.0", "05.0", "06.0", "07.0"], new[] { "balloon0", "rng0", "channels", "watchdog0", "scsi0" }.Select(AddressOf));
        Assert.Equal(["08.0", "0f.0", "1a.0", "1c.1"], new[] { "nic0", "nic7", "nic8", "nic25" }.Select(AddressOf));
        Assert.Equal(["10.0", "17.0", "18.0", "19.5", "19.6", "19.7"], new[] { "drive0", "drive7", "drive8", "drive21", "scsi-disk22", "scsi-disk23" }.Select(AddressOf));
        Assert.Equal("1d.0", AddressOf("sata0"));
        Assert.Equal((3, -1, 1, 2), (await qemu.BootIndexAsync("drive0"), await qemu.BootIndexAsync("drive1"), await qemu.BootIndexAsync("drive25"), await qemu.BootIndexAsync("nic25")));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task CPUs_have_their_topology_and_model()
    {
        await using var host = new QemuFixture();
        await using var qemu = await BootAsync(host, QemuFixture.Nano() with { Cpus = 12, Topology = new(2, 1, 3, 2), Cpu = "max", CpuFlags = ["-aes"] });
        var cpus = (await qemu.AskAsync("query-cpus-fast")).EnumerateArray().ToArray();
        Assert.Equal(12, cpus.Length);
        var last = cpus.Select(cpu => cpu.GetProperty("props")).Max(p => (
            p.GetProperty("socket-id").GetInt32(), p.GetProperty("core-id").GetInt32(), p.GetProperty("thread-id").GetInt32()));
        Assert.Equal((1, 2, 1), last);
        var path = cpus[0].GetProperty("qom-path").GetString()!;
        Assert.False((await qemu.GetAsync(path, "aes")).GetBoolean());
        Assert.Equal("max-x86_64-cpu", (await qemu.GetAsync(path, "type")).GetString());
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Small_devices_are_there_unless_they_are_not_wanted()
    {
        await using var host = new QemuFixture();
        await using var qemu = await BootAsync(host, QemuFixture.Nano() with { Agent = true });
        Assert.Equal(4L << 20, (await qemu.AskAsync("query-balloon")).GetProperty("actual").GetInt64());
        Assert.Equal("virtio-rng-pci", (await qemu.GetAsync("/machine/peripheral/rng0", "type")).GetString());
        Assert.Equal("i6300esb", (await qemu.GetAsync("/machine/peripheral/watchdog0", "type")).GetString());
        Assert.Equal("org.qemu.guest_agent.0", (await qemu.GetAsync("/machine/peripheral/agent0", "name")).GetString());

        var bare = QemuFixture.Nano() with { Rng = false, Balloon = false, Pvpanic = false, Watchdog = Watchdog.Off };
        await using var none = await BootAsync(host, bare);
        var left = (await none.AskAsync("qom-list", ("path", "/machine/peripheral"))).EnumerateArray().Select(p => p.GetProperty("name").GetString());
        Assert.Equal(["type"], left);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task The_agents_channel_takes_a_client_and_holds_nobody_up()
    {
        await using var host = new QemuFixture();
        var (key, _) = await host.LaunchAsync(QemuFixture.Nano() with { Agent = true });
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(new RunFiles(key.RunDirectory).Agent));
        await client.SendAsync("{\"execute\":\"guest-ping\"}\n"u8.ToArray());
        await host.Hypervisor.ContinueAsync(key, default);
        await host.SerialAsync(key, "READY");
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task UEFI_comes_up_and_its_variables_are_the_VMs_own_from_life_to_life()
    {
        await using var host = new QemuFixture();
        var definition = new VmDefinition { Id = new(7), Name = "vm-7", Memory = 128 << 20, Accel = Accelerator.Tcg, Firmware = Firmware.Uefi };
        var (key, _) = await host.LaunchAsync(definition);
        await host.Hypervisor.ContinueAsync(key, default);
        await host.SerialAsync(key, "UEFI Interactive Shell");
        var store = Assert.Single(Directory.GetFiles(Path.Combine(host.Options.StateDirectory, "uefi")));
        var template = UefiImages.Known.First(image => File.Exists(image.Template)).Template;

        // It has found its devices and noted them.
        Assert.NotEqual(await File.ReadAllBytesAsync(template), await File.ReadAllBytesAsync(store));
        await host.Hypervisor.ExtinguishAsync(key, null, _ => { }, default);
        var written = await File.ReadAllBytesAsync(store);

        await host.LaunchAsync(definition);
        Assert.Equal(written, await File.ReadAllBytesAsync(store));
        await host.Hypervisor.ForgetAsync(new(7), default);
        Assert.False(File.Exists(store));
        await host.Hypervisor.ForgetAsync(new(7), default);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_machine_alias_is_resolved_by_QEMU_itself()
    {
        await using var host = new QemuFixture();
        var pinned = await host.Hypervisor.ResolveMachineAsync("q35", default);
        Assert.Matches(@"^pc-q35-\d+\.\d+$", pinned);
        Assert.Null(await host.Hypervisor.ResolveMachineAsync(pinned!, default));
        Assert.Null(await host.Hypervisor.ResolveMachineAsync("no-such-machine", default));
        Assert.Empty(Directory.GetFiles(host.Options.StateDirectory, "machine-types*"));
        await host.LaunchAsync(QemuFixture.Nano() with { PinnedMachine = pinned });
    }

    private static DiskDefinition Disk(QemuFixture host, int number, DiskBus bus) => new() { Path = host.Raw($"{number}"), Format = DiskFormat.Raw, Bus = bus };

    /// <summary>Starts a guest, waits until it is up, and listens at the monitor for people.</summary>
    private static async Task<QemuQuestions> BootAsync(QemuFixture host, VmDefinition definition)
    {
        var (key, _) = await host.LaunchAsync(definition);
        Assert.IsType<MonitorResult.Done>(await host.Hypervisor.ContinueAsync(key, default));
        await host.SerialAsync(key, "READY");
        return await QemuQuestions.OfAsync(key);
    }

    /// <summary>Asks a QEMU what it has.</summary>
    private sealed class QemuQuestions(QmpConnection connection) : IAsyncDisposable
    {
        public static async Task<QemuQuestions> OfAsync(ProcessKey key)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(new RunFiles(key.RunDirectory).PeoplesMonitor));
            var opened = await QmpConnection.OpenAsync(new NetworkStream(socket, ownsSocket: true), Long, TimeProvider.System, new(), default);
            return new(Assert.IsType<QmpOpened.Ready>(opened).Connection);
        }

        public async Task<JsonElement> AskAsync(string command, params (string Name, string Value)[] arguments)
        {
            var question = QmpCommands.Raw(command, writer =>
            {
                foreach (var (name, value) in arguments)
                    writer.WriteString(name, value);
            });
            return Assert.IsType<QmpResult<QmpValue>.Returned>(await connection.ExecuteAsync(question, Long, default)).Value.Value;
        }

        public Task<JsonElement> GetAsync(string path, string property) => AskAsync("qom-get", ("path", path), ("property", property));

        public async Task<int> BootIndexAsync(string device) => (await GetAsync($"/machine/peripheral/{device}", "bootindex")).GetInt32();

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
