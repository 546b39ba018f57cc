using System.Text.Json.Nodes;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.CommandLine;

namespace VmSupervisor.Supervisor.Tests.Qemu.CommandLine;

public sealed class CommandLineTests
{
    private static readonly VmDefinition Least = new() { Id = new(104), Name = "web-1", Memory = 512 << 20 };

    /// <summary>The same without the devices that every guest has unless told otherwise.</summary>
    private static readonly VmDefinition Bare = Least with { Rng = false, Balloon = false, Watchdog = Watchdog.Off };

    private const string Tail =
        """
        -chardev socket,id=qmp,path=/run/vmsup/vms/104/3/qmp.sock,server=on,wait=off
        -mon chardev=qmp,mode=control
        -chardev socket,id=monitor,path=/run/vmsup/vms/104/3/monitor.sock,server=on,wait=off
        -mon chardev=monitor,mode=control
        -chardev pipe,id=serial0,path=/run/vmsup/vms/104/3/serial,logfile=/run/vmsup/vms/104/3/serial.log,logappend=on
        -serial chardev:serial0
        """;

    [Fact]
    public void The_least_definition_makes_this_command_line() => Assert.Equal(
        """
        -name guest=web-1,debug-threads=on
        -uuid 08e4b61d-d648-56fd-b2ac-4bed632451a0
        -pidfile /run/vmsup/vms/104/3/pid
        -no-user-config
        -nodefaults
        -display none
        -machine q35
        -accel tcg
        -m 512M
        -smp 1
        -S
        -no-shutdown
        -action shutdown=pause,panic=pause
        -device pvpanic
        -chardev socket,id=qmp,path=/run/vmsup/vms/104/3/qmp.sock,server=on,wait=off
        -mon chardev=qmp,mode=control
        -chardev socket,id=monitor,path=/run/vmsup/vms/104/3/monitor.sock,server=on,wait=off
        -mon chardev=monitor,mode=control
        -chardev pipe,id=serial0,path=/run/vmsup/vms/104/3/serial,logfile=/run/vmsup/vms/104/3/serial.log,logappend=on
        -serial chardev:serial0
        -device {"driver":"virtio-balloon-pci","id":"balloon0","addr":"0x3"}
        -object {"qom-type":"rng-builtin","id":"random"}
        -device {"driver":"virtio-rng-pci","id":"rng0","rng":"random","addr":"0x4"}
        -device {"driver":"i6300esb","id":"watchdog0","addr":"0x6"}
        -action watchdog=reset
        """,
        Text(Least));

    [Fact]
    public void An_agent_has_a_channel_when_the_guest_runs_one() => Assert.EndsWith(
        """
        -device {"driver":"virtio-serial-pci","id":"channels","addr":"0x5"}
        -chardev socket,id=agent,path=/run/vmsup/vms/104/3/agent.sock,server=on,wait=off
        -device {"driver":"virtserialport","id":"agent0","bus":"channels.0","nr":1,"chardev":"agent","name":"org.qemu.guest_agent.0"}
        """,
        Text(Bare with { Agent = true }));

    [Fact]
    public void Small_devices_can_be_left_out()
    {
        var text = Text(Bare with { Pvpanic = false });
        Assert.EndsWith("-action shutdown=pause,panic=pause\n" + Tail, text);
    }

    [Theory]
    [InlineData(Watchdog.Pause, "watchdog=pause")]
    [InlineData(Watchdog.InjectNmi, "watchdog=inject-nmi")]
    public void A_watchdog_does_what_it_is_told(Watchdog watchdog, string action) =>
        Assert.EndsWith($"-device {{\"driver\":\"i6300esb\",\"id\":\"watchdog0\",\"addr\":\"0x6\"}}\n-action {action}", Text(Bare with { Watchdog = watchdog }));

    [Fact]
    public void A_pinned_machine_is_used_for_the_alias() =>
        Assert.Contains("-machine pc-q35-7.2\n", Text(Least with { PinnedMachine = "pc-q35-7.2" }));

    [Fact]
    public void CPUs_have_a_model_and_a_topology_when_told()
    {
        var text = Text(Least with { Cpus = 12, Topology = new(2, 1, 3, 2), Cpu = "Skylake-Server", CpuFlags = ["+aes", "-vmx"] });
        Assert.Contains("-smp 12,sockets=2,dies=1,cores=3,threads=2\n-cpu Skylake-Server,aes=on,vmx=off\n", text);
    }

    [Fact]
    public void UEFI_is_code_that_all_share_and_variables_of_its_own()
    {
        var plan = Plan(Bare with { Firmware = Firmware.Uefi }) with { Uefi = new("/usr/share/OVMF/CODE,4M.fd", "/s/uefi/104.vars") };
        var text = string.Join('\n', QemuCommandLine.Build(plan));
        Assert.Contains("-machine\nq35,pflash0=firmware,pflash1=nvram\n", text);
        Assert.Contains(
            """
            -blockdev
            {"node-name":"firmware","driver":"raw","read-only":true,"file":{"driver":"file","filename":"/usr/share/OVMF/CODE,4M.fd","read-only":true}}
            -blockdev
            {"node-name":"nvram","driver":"raw","read-only":false,"file":{"driver":"file","filename":"/s/uefi/104.vars","read-only":false}}
            """,
            text);
    }

    [Fact]
    public void Boot_order_is_that_of_the_disks_unless_told()
    {
        var definition = Bare with { Disks = [new() { Path = "/a" }, new() { Path = "/b" }], Nics = [new(), new()] };
        Assert.Equal(["drive0=1", "drive1=2"], BootIndexes(definition));
        Assert.Equal(["drive1=2", "nic1=1"], BootIndexes(definition with { Boot = ["net1", "disk1"] }));
    }

    [Fact]
    public void Nothing_moves_on_the_bus_because_something_else_was_added()
    {
        VmDefinition[] growing =
        [
            Bare with { Disks = [new() { Path = "/a" }], Nics = [new()], Agent = true },
            Bare with { Disks = [new() { Path = "/a" }, new() { Path = "/s", Bus = DiskBus.Scsi }, new() { Path = "/b" }], Nics = [new(), new()], Rng = true, Agent = true },
            Least with
            {
                Agent = true,
                Disks = [.. Enumerable.Range(0, 24).Select(i => new DiskDefinition { Path = $"/{i}" }), new() { Path = "/t", Bus = DiskBus.Sata }, new() { Path = "/s", Bus = DiskBus.Scsi }],
                Nics = [.. Enumerable.Range(0, 26).Select(_ => new NicDefinition())],
            },
        ];
        Assert.Equal(("0x10", "0x8"), (AddressOf(growing[0], "drive0"), AddressOf(growing[0], "nic0")));
        Assert.Equal("0x11", AddressOf(growing[1], "drive2"));
        foreach (var (before, after) in growing.Zip(growing.Skip(1)))
            Assert.All(Addresses(before).Where(d => d.Id is not "drive2"), d => Assert.Contains(d, Addresses(after)));
        Assert.Distinct(Addresses(growing[2]).Select(d => d.Address));
        Assert.Equal(("0x17", "0x18.0", "0x19.7", "0x1c.1"), (
            AddressOf(growing[2], "drive7"), AddressOf(growing[2], "drive8"), AddressOf(growing[2], "drive23"), AddressOf(growing[2], "nic25")));
    }

    [Fact]
    public void A_kernel_is_booted_with_words_as_they_are()
    {
        var text = Text(Least with { Bios = "/b,ios", Kernel = "/k,ernel", Initrd = "/in itrd", Cmdline = "console=ttyS0,115200 a=\"b c\"" });
        Assert.Contains("-bios /b,ios\n-kernel /k,ernel\n-initrd /in itrd\n-append console=ttyS0,115200 a=\"b c\"\n", text);
    }

    [Fact]
    public void Kvm_memory_and_CPUs_are_said()
    {
        var text = Text(Least with { Memory = 3L << 30, Cpus = 4, Machine = "pc" }, useKvm: true);
        Assert.Contains("-machine pc\n-accel kvm\n-m 3072M\n-smp 4\n", text);
    }

    [Fact]
    public void Disks_are_an_image_and_a_device_each_in_their_order()
    {
        var text = Text(Bare with
        {
            Disks =
            [
                new() { Path = "/images/a,\"b\".qcow2" },
                new() { Path = "/dev/vg/lv", Format = DiskFormat.Raw, Bus = DiskBus.Scsi, Readonly = true },
                new() { Path = "/images/c.raw", Format = DiskFormat.Raw, Bus = DiskBus.Sata },
                new() { Path = "/images/d.iso", Format = DiskFormat.Raw, Bus = DiskBus.Sata, Readonly = true },
            ],
        });
        Assert.EndsWith(
            """
            -device {"driver":"virtio-scsi-pci","id":"scsi0","addr":"0x7"}
            -device {"driver":"ich9-ahci","id":"sata0","addr":"0x1d.0","multifunction":true}
            -blockdev {"node-name":"disk0","driver":"qcow2","read-only":false,"file":{"driver":"file","filename":"/images/a,\"b\".qcow2","read-only":false}}
            -device {"driver":"virtio-blk-pci","addr":"0x10","drive":"disk0","id":"drive0","bootindex":1}
            -blockdev {"node-name":"disk1","driver":"raw","read-only":true,"file":{"driver":"host_device","filename":"/dev/vg/lv","read-only":true}}
            -device {"driver":"scsi-hd","bus":"scsi0.0","scsi-id":0,"lun":0,"drive":"disk1","id":"drive1","bootindex":2}
            -blockdev {"node-name":"disk2","driver":"raw","read-only":false,"file":{"driver":"file","filename":"/images/c.raw","read-only":false}}
            -device {"driver":"ide-hd","bus":"sata0.0","drive":"disk2","id":"drive2","bootindex":3}
            -blockdev {"node-name":"disk3","driver":"raw","read-only":true,"file":{"driver":"file","filename":"/images/d.iso","read-only":true}}
            -device {"driver":"ide-cd","bus":"sata0.1","drive":"disk3","id":"drive3","bootindex":4}
            """,
            text);
    }

    [Fact]
    public void A_disk_says_how_it_is_cached_discarded_and_worked_for()
    {
        var text = Text(Bare with
        {
            Disks =
            [
                new() { Path = "/a", Cache = DiskCache.None, Discard = DiskDiscard.Unmap, Iothread = true, Serial = "S-1" },
                new() { Path = "/b", Cache = DiskCache.Directsync, Bus = DiskBus.Scsi, Iothread = true },
                new() { Path = "/c", Cache = DiskCache.Unsafe, Bus = DiskBus.Scsi },
                new() { Path = "/d", Cache = DiskCache.Writethrough, Bus = DiskBus.Sata },
                new() { Path = "/e", Format = DiskFormat.Raw, Bus = DiskBus.Scsi, Readonly = true, Media = DiskMedia.Cdrom },
            ],
        });
        Assert.EndsWith(
            """
            -object {"qom-type":"iothread","id":"iothread0"}
            -blockdev {"node-name":"disk0","driver":"qcow2","read-only":false,"discard":"unmap","cache":{"direct":true,"no-flush":false},"file":{"driver":"file","filename":"/a","read-only":false,"discard":"unmap","cache":{"direct":true,"no-flush":false}}}
            -device {"driver":"virtio-blk-pci","addr":"0x10","iothread":"iothread0","drive":"disk0","id":"drive0","serial":"S-1","bootindex":1}
            -object {"qom-type":"iothread","id":"iothread1"}
            -blockdev {"node-name":"disk1","driver":"qcow2","read-only":false,"cache":{"direct":true,"no-flush":false},"file":{"driver":"file","filename":"/b","read-only":false,"cache":{"direct":true,"no-flush":false}}}
            -device {"driver":"virtio-scsi-pci","id":"scsi-disk1","iothread":"iothread1","addr":"0x11"}
            -device {"driver":"scsi-hd","bus":"scsi-disk1.0","scsi-id":0,"lun":0,"drive":"disk1","id":"drive1","write-cache":"off","bootindex":2}
            -blockdev {"node-name":"disk2","driver":"qcow2","read-only":false,"cache":{"direct":false,"no-flush":true},"file":{"driver":"file","filename":"/c","read-only":false,"cache":{"direct":false,"no-flush":true}}}
            -device {"driver":"scsi-hd","bus":"scsi0.0","scsi-id":0,"lun":0,"drive":"disk2","id":"drive2","bootindex":3}
            -blockdev {"node-name":"disk3","driver":"qcow2","read-only":false,"file":{"driver":"file","filename":"/d","read-only":false}}
            -device {"driver":"ide-hd","bus":"sata0.0","drive":"disk3","id":"drive3","write-cache":"off","bootindex":4}
            -blockdev {"node-name":"disk4","driver":"raw","read-only":true,"file":{"driver":"file","filename":"/e","read-only":true}}
            -device {"driver":"scsi-cd","bus":"scsi0.0","scsi-id":0,"lun":1,"drive":"disk4","id":"drive4","bootindex":5}
            """,
            text);
    }

    [Fact]
    public void A_seventh_sata_disk_gets_a_second_controller()
    {
        var text = Text(Least with { Disks = [.. Enumerable.Range(0, 7).Select(i => new DiskDefinition { Path = $"/{i}", Bus = DiskBus.Sata })] });
        Assert.Contains("\"id\":\"sata1\"", text);
        Assert.Contains("\"bus\":\"sata0.5\"", text);
        Assert.Contains("\"bus\":\"sata1.0\"", text);
    }

    [Fact]
    public void Nics_have_a_given_address_or_one_that_never_changes()
    {
        var definition = Least with { Nics = [new(), new() { Mac = "52:54:00:12:34:56" }] };
        var text = Text(definition);
        Assert.Contains("""
            -netdev {"type":"user","id":"net0"}
            -device {"driver":"virtio-net-pci","netdev":"net0","id":"nic0","mac":"52:54:00:
            """, text);
        Assert.Contains("\"id\":\"nic1\",\"mac\":\"52:54:00:12:34:56\"", text);

        // Guests have written it down: it must never change.
        Assert.Equal("52:54:00:cc:43:6c", StableIds.MacAddress("a", new(104), 0));
        Assert.Equal(text, Text(definition));
    }

    [Fact]
    public void A_user_network_forwards_ports_of_the_host()
    {
        var nic = new NicDefinition { Forward = [new() { Port = 2222, GuestPort = 22 }, new() { Protocol = ForwardProtocol.Udp, Address = "0.0.0.0", Port = 53, GuestPort = 5353 }] };
        Assert.Contains(
            """{"type":"user","hostfwd":[{"str":"tcp:127.0.0.1:2222-:22"},{"str":"udp:0.0.0.0:53-:5353"}],"id":"net0"}""",
            Text(Least with { Nics = [nic] }));
    }

    [Fact]
    public void Node_vm_and_place_make_different_addresses_and_uuids()
    {
        var plans = (from node in new[] { "a", "b" } from id in new[] { 1, 2 } select Plan(Least with { Id = new(id) }, node)).ToArray();
        Assert.Equal(4, plans.Select(StableIds.MachineUuid).Distinct().Count());
        Assert.Equal(8, plans.SelectMany(p => new[] { StableIds.MacAddress(p.Node, p.Definition.Id, 0), StableIds.MacAddress(p.Node, p.Definition.Id, 1) }).Distinct().Count());
        Assert.All(plans, p => Assert.Equal(5, StableIds.MachineUuid(p).Version));
        const string told = "8f1f2b1e-d6e0-4d0c-9a5b-3f6f0c6e7a41";
        Assert.Equal(told, StableIds.MachineUuid(Plan(Least with { Uuid = told })).ToString());
    }

    [Fact]
    public void Commas_in_the_run_directory_are_doubled_where_QEMU_splits_at_them()
    {
        var plan = Plan(Least) with { Files = new("/run/a,b") };
        var arguments = QemuCommandLine.Build(plan);
        Assert.Contains("socket,id=qmp,path=/run/a,,b/qmp.sock,server=on,wait=off", arguments);
        Assert.Contains("/run/a,b/pid", arguments);
    }

    [Fact]
    public void What_the_definition_appends_comes_last_as_it_is() =>
        Assert.EndsWith("-device\nx y,z\n-smp\n2", string.Join('\n', QemuCommandLine.Build(Plan(Least with { QemuArgs = ["-device", "x y,z", "-smp", "2"] }))));

    [Fact]
    public void A_tap_has_the_back_end_that_was_acquired_and_as_many_queues_in_front_of_it()
    {
        var plan = Plan(Least with { Nics = [new() { Type = NicType.Tap, Bridge = "br0", Mac = "52:54:00:12:34:56", Queues = 2, Mtu = 9000 }] }) with
        {
            BackEnds = BackEnds.None with { Networks = new Dictionary<string, JsonObject> { ["net0"] = new() { ["type"] = "tap", ["ifname"] = "t7a" } } },
        };
        for (var again = 0; again < 2; again++)
        {
            Assert.Equal(
                [
                    "-netdev", """{"type":"tap","ifname":"t7a","id":"net0"}""", "-device",
                    """{"driver":"virtio-net-pci","netdev":"net0","id":"nic0","mac":"52:54:00:12:34:56","addr":"0x8","mq":true,"vectors":6,"host_mtu":9000}""",
                ],
                QemuCommandLine.Build(plan).TakeLast(4));
        }
    }

    [Fact]
    public void A_disk_is_what_was_acquired_for_it()
    {
        var plan = Plan(Least with { Disks = [new() { Type = DiskType.Loop, Path = "/images/a", Format = DiskFormat.Raw }] }) with
        {
            BackEnds = BackEnds.None with { Volumes = new Dictionary<string, string> { ["disk0"] = "/dev/loop5" } },
        };
        Assert.Contains("\"driver\":\"host_device\",\"filename\":\"/dev/loop5\"", string.Join('\n', QemuCommandLine.Build(plan)));
    }

    [Fact]
    public void A_sandbox_denies_all_that_can_be_denied_and_is_there_only_when_it_is_asked_for()
    {
        var arguments = QemuCommandLine.Build(Plan(Least) with { Sandbox = true }).ToList();

        Assert.Equal("on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny", arguments[arguments.IndexOf("-sandbox") + 1]);
        Assert.DoesNotContain("-sandbox", QemuCommandLine.Build(Plan(Least)));
    }

    private static string[] BootIndexes(VmDefinition definition) =>
        [.. Devices(definition).Where(d => d["bootindex"] is not null).Select(d => $"{d["id"]}={d["bootindex"]}").Order()];

    private static string? AddressOf(VmDefinition definition, string id) => Addresses(definition).Single(d => d.Id == id).Address;

    private static (string Id, string Address)[] Addresses(VmDefinition definition) =>
        [.. Devices(definition).Where(d => d["addr"] is not null).Select(d => ((string)d["id"]!, (string)d["addr"]!))];

    private static IEnumerable<JsonObject> Devices(VmDefinition definition) =>
        QemuCommandLine.Build(Plan(definition)).Where(a => a.StartsWith("{\"driver\"", StringComparison.Ordinal)).Select(a => JsonNode.Parse(a)!.AsObject());

    private static LaunchPlan Plan(VmDefinition definition, string node = "node-a", bool useKvm = false) =>
        new(node, definition, new($"/run/vmsup/vms/{definition.Id}/3"), useKvm);

    // One option with its value per line, as a person would write it.
    private static string Text(VmDefinition definition, bool useKvm = false) =>
        string.Join('\n', QemuCommandLine.Build(Plan(definition, useKvm: useKvm)).Aggregate(new List<string>(), (lines, argument) =>
        {
            if (argument.StartsWith('-') || lines.Count == 0)
                lines.Add(argument);
            else
                lines[^1] += " " + argument;
            return lines;
        }));
}
