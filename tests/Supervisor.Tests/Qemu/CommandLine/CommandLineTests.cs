using System.Text.Json.Nodes;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.CommandLine;

namespace VmSupervisor.Supervisor.Tests.Qemu.CommandLine;

public sealed class CommandLineTests
{
    private static readonly VmDefinition Least = new() { Id = new(104), Name = "web-1", Memory = 512 << 20 };

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
        """,
        Text(Least));

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
        var text = Text(Least with
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
            -device {"driver":"virtio-scsi-pci","id":"scsi0"}
            -device {"driver":"ich9-ahci","id":"sata0"}
            -blockdev {"node-name":"disk0","driver":"qcow2","read-only":false,"file":{"driver":"file","filename":"/images/a,\"b\".qcow2","read-only":false}}
            -device {"driver":"virtio-blk-pci","drive":"disk0","id":"drive0","bootindex":1}
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
        Assert.Equal(text, Text(definition));
    }

    [Fact]
    public void Node_vm_and_place_make_different_addresses_and_uuids()
    {
        var plans = (from node in new[] { "a", "b" } from id in new[] { 1, 2 } select Plan(Least with { Id = new(id) }, node)).ToArray();
        Assert.Equal(4, plans.Select(StableIds.MachineUuid).Distinct().Count());
        Assert.Equal(8, plans.SelectMany(p => new[] { StableIds.MacAddress(p, 0), StableIds.MacAddress(p, 1) }).Distinct().Count());
        Assert.All(plans, p => Assert.Equal(5, StableIds.MachineUuid(p).Version));
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
                    """{"driver":"virtio-net-pci","netdev":"net0","id":"nic0","mac":"52:54:00:12:34:56","mq":true,"vectors":6,"host_mtu":9000}""",
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
