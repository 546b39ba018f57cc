using System.Text.Json;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Contracts.Tests;

public sealed class DefinitionReaderTests
{
    [Fact]
    public void Id_and_memory_are_enough_and_the_rest_has_its_defaults()
    {
        var definition = Read("""{"vm":{"id":104,"memory":"512 MiB"}}""").Definition;
        Assert.Equal(new VmDefinition { Id = new VmId(104), Name = "vm-104", Memory = 512L << 20 }, definition);
    }

    [Fact]
    public void Every_key_is_read()
    {
        var definition = Read(
            """
            {"vm":{"id":104,"name":"web-1","uuid":"8F1F2B1E-d6e0-4d0c-9a5b-3f6f0c6e7a41","memory":1048576,"memory-limit":"33 MiB","cpu-limit":1.50,"cpus":4,"topology":{"sockets":2,"threads":2},"cpu":"max","cpu-flags":["+aes","-vmx"],
            "machine":"q35","pinned-machine":"pc-q35-7.2","accel":"tcg","firmware":"bios","boot":["net2","disk1"],"bios":"/b","kernel":"/k","initrd":"/i",
            "cmdline":"console=ttyS0","disks":[{"path":"/d","format":"raw","bus":"scsi","readonly":true},{"path":"/e","cache":"none","discard":"unmap",
            "iothread":true,"serial":"e-1"},{"type":"x-ceph","volume":"pool/v"},{"path":"/cd.iso","media":"cdrom"}],
            "nics":[{"type":"user","mac":"52:54:00:AB:cd:01"},{"mac":"auto"},{"forward":[{"port":2222,"guest-port":22},{"protocol":"udp","address":"0.0.0.0","port":53,"guest-port":5353}]},
            {"type":"tap","bridge":"br0","vlan":12,"mtu":1500,"queues":2,"link":"down"},{"type":"x-ovs","bridge":"any thing"}],"rng":false,"balloon":false,"agent":true,
            "pvpanic":false,"watchdog":"pause","hooks":["/h"],"restart":"never","on-panic":"preserve","startup":{"order":10,"delay":"5s"},
            "autostart":false,"shutdown-timeout":"90s","qemu-args":["-device","pvpanic"]}}
            """).Definition;
        Assert.Equal(
            new VmDefinition
            {
                Id = new VmId(104),
                Name = "web-1",
                Uuid = "8f1f2b1e-d6e0-4d0c-9a5b-3f6f0c6e7a41",
                Memory = 1 << 20,
                Cpus = 4,
                Topology = new(2, 1, 1, 2),
                Cpu = "max",
                CpuFlags = ["+aes", "-vmx"],
                MemoryLimit = 33 << 20,
                CpuLimit = 1.5m,
                Machine = "q35",
                PinnedMachine = "pc-q35-7.2",
                Boot = ["net2", "disk1"],
                Rng = false,
                Balloon = false,
                Agent = true,
                Pvpanic = false,
                Watchdog = Watchdog.Pause,
                Accel = Accelerator.Tcg,
                Bios = "/b",
                Kernel = "/k",
                Initrd = "/i",
                Cmdline = "console=ttyS0",
                Disks =
                [
                    new() { Path = "/d", Format = DiskFormat.Raw, Bus = DiskBus.Scsi, Readonly = true },
                    new() { Path = "/e", Cache = DiskCache.None, Discard = DiskDiscard.Unmap, Iothread = true, Serial = "e-1" },
                    new() { Type = "x-ceph", Path = "pool/v", Format = DiskFormat.Raw },
                    new() { Path = "/cd.iso", Format = DiskFormat.Raw, Bus = DiskBus.Sata, Readonly = true, Media = DiskMedia.Cdrom },
                ],
                Nics =
                [
                    new() { Mac = "52:54:00:ab:cd:01" }, new(),
                    new() { Forward = [new() { Port = 2222, GuestPort = 22 }, new() { Protocol = ForwardProtocol.Udp, Address = "0.0.0.0", Port = 53, GuestPort = 5353 }] },
                    new() { Type = NicType.Tap, Bridge = "br0", Vlan = 12, Mtu = 1500, Queues = 2, Link = NicLink.Down },
                    new() { Type = "x-ovs", Bridge = "any thing" },
                ],
                Hooks = ["/h"],
                OnPanic = PanicPolicy.Preserve,
                StartupOrder = 10,
                StartupDelay = TimeSpan.FromSeconds(5),
                ShutdownTimeout = TimeSpan.FromSeconds(90),
                QemuArgs = ["-device", "pvpanic"],
            },
            definition);
    }

    [Fact]
    public void Scalars_convert_as_in_HOCON_because_the_environment_knows_only_strings() =>
        Assert.Equal(
            (2, false, 1L << 20),
            Read("""{"vm":{"id":"104","memory":"1048576","cpus":"2","autostart":"no"}}""").Definition is { } d ? (d.Cpus, d.Autostart, d.Memory) : default);

    [Fact]
    public void A_null_is_as_if_the_key_were_not_there() =>
        Assert.Null(Read("""{"vm":{"id":1,"memory":"1M","kernel":null}}""").Definition!.Kernel);

    [Fact]
    public void All_faults_are_named_at_once() =>
        Assert.Equal(
            [
                "vm.id: found nothing, allowed: a whole number from 1 to 999999999",
                "vm.memory: found lots, allowed: a multiple of 1 MiB from 1 MiB on, as a number of bytes, or a number and a unit, such as 512 MiB, 512M, 2 GiB",
                "vm.disks[0].format: found vmdk, allowed: qcow2, raw",
                "vm.disks[1].path: found nothing, allowed: an absolute path",
                "vm.restart: found sometimes, allowed: never, on-crash, always",
                "vm.cpuz: found an unknown key, allowed: cpus (did you mean that?)",
            ],
            Faults("""{"vm":{"memory":"lots","disks":[{"path":"/a","format":"vmdk"},{}],"restart":"sometimes","cpuz":2}}"""));

    [Theory]
    [InlineData("[]", "vm: found a list, allowed: an object, vm { … }")]
    [InlineData("{}", "vm: found nothing, allowed: an object, vm { … }")]
    [InlineData("""{"vm":5}""", "vm: found 5, allowed: an object, vm { … }")]
    public void A_root_without_the_vm_object_is_refused(string json, string fault) => Assert.Equal([fault], Faults(json));

    [Fact]
    public void A_key_beside_the_vm_is_refused() =>
        Assert.Equal(["wm: found an unknown key, allowed: vm (did you mean that?)"], Faults("""{"vm":{"id":1,"memory":"1M"},"wm":{}}"""));

    [Theory]
    [InlineData("\"id\":0", "vm.id: found 0, ")]
    [InlineData("\"id\":1000000000", "vm.id: found 1000000000, ")]
    [InlineData("\"id\":1.5", "vm.id: found 1.5, ")]
    [InlineData("\"id\":[]", "vm.id: found a list, ")]
    [InlineData("\"name\":\"\"", "vm.name: found \"\", ")]
    [InlineData("\"name\":\"7\"", "vm.name: found 7, ")]
    [InlineData("\"name\":\"-x\"", "vm.name: found -x, ")]
    [InlineData("\"name\":\"..\"", "vm.name: found .., ")]
    [InlineData("\"name\":\"a b\"", "vm.name: found a b, ")]
    [InlineData("\"name\":\"1234567890123456789012345678901234567890123456789012345678901234\"", "vm.name: found 123456789012345678901234567890123456789012345678901234567890…, ")]
    [InlineData("\"memory\":\"0\"", "vm.memory: found 0 (0 bytes), ")]
    [InlineData("\"memory\":\"512 MB\"", "vm.memory: found 512 MB (512000000 bytes), ")]
    [InlineData("\"cpus\":0", "vm.cpus: found 0, allowed: a whole number from 1 to 255")]
    [InlineData("\"cpus\":256", "vm.cpus: found 256, ")]
    [InlineData("\"memory-limit\":\"32 MiB\"", "vm.memory-limit: found 32 MiB, allowed: at least 33 MiB (memory, and 32 MiB for QEMU itself), as ")]
    [InlineData("\"memory-limit\":\"much\"", "vm.memory-limit: found much, ")]
    [InlineData("\"cpu-limit\":0", "vm.cpu-limit: found 0, allowed: CPUs of the host, from 0.01 to 1024 in steps of 0.01, such as 1.5")]
    [InlineData("\"cpu-limit\":1.005", "vm.cpu-limit: found 1.005, ")]
    [InlineData("\"cpu-limit\":-1", "vm.cpu-limit: found -1, ")]
    [InlineData("\"cpu-limit\":\"150%\"", "vm.cpu-limit: found 150%, ")]
    [InlineData("\"nics\":[{\"forward\":5}]", "vm.nics[0].forward: found 5, allowed: a list of ports, ")]
    [InlineData("\"nics\":[{\"forward\":[\"tcp::2222-:22\"]}]", "vm.nics[0].forward[0]: found tcp::2222-:22, allowed: a list of ports, ")]
    [InlineData("\"nics\":[{\"forward\":[{\"guest-port\":22}]}]", "vm.nics[0].forward[0].port: found nothing, allowed: a whole number from 1 to 65535")]
    [InlineData("\"nics\":[{\"forward\":[{\"port\":22}]}]", "vm.nics[0].forward[0].guest-port: found nothing, ")]
    [InlineData("\"nics\":[{\"forward\":[{\"port\":65536,\"guest-port\":22}]}]", "vm.nics[0].forward[0].port: found 65536, ")]
    [InlineData("\"nics\":[{\"forward\":[{\"port\":1,\"guest-port\":0}]}]", "vm.nics[0].forward[0].guest-port: found 0, ")]
    [InlineData("\"nics\":[{\"forward\":[{\"protocol\":\"sctp\",\"port\":1,\"guest-port\":1}]}]", "vm.nics[0].forward[0].protocol: found sctp, allowed: tcp, udp")]
    [InlineData("\"nics\":[{\"forward\":[{\"address\":\"127.1\",\"port\":1,\"guest-port\":1}]}]", "vm.nics[0].forward[0].address: found 127.1, allowed: an IPv4 address of this host, ")]
    [InlineData("\"nics\":[{\"forward\":[{\"address\":\"::1\",\"port\":1,\"guest-port\":1}]}]", "vm.nics[0].forward[0].address: found ::1, ")]
    [InlineData("\"nics\":[{\"forward\":[{\"prot\":1,\"port\":1,\"guest-port\":1}]}]", "vm.nics[0].forward[0].prot: found an unknown key, allowed: protocol, address, port, guest-port")]
    [InlineData("\"nics\":[{\"forward\":[{\"port\":1,\"guest-port\":1},{\"port\":1,\"guest-port\":2}]}]", "vm.nics[0].forward[1].port: found 1 twice, ")]
    [InlineData("\"nics\":[{\"forward\":[{\"port\":1,\"guest-port\":1}]},{\"forward\":[{\"address\":\"0.0.0.0\",\"port\":1,\"guest-port\":1}]}]", "vm.nics[1].forward[0].port: found 1 twice, ")]
    [InlineData("\"nics\":[{\"type\":\"tap\",\"bridge\":\"b\",\"forward\":[]}]", "vm.nics[0].forward: found forward on a nic of type tap, ")]
    [InlineData("\"machine\":\"q35,smm=on\"", "vm.machine: found q35,smm=on, ")]
    [InlineData("\"accel\":\"KVM\"", "vm.accel: found KVM, allowed: auto, kvm, tcg")]
    [InlineData("\"kernel\":\"vmlinuz\"", "vm.kernel: found vmlinuz, allowed: an absolute path")]
    [InlineData("\"kernel\":\"/a\\u0000b\"", "vm.kernel: found \"/a\\u0000b\", allowed: an absolute path")]
    [InlineData("\"initrd\":\"/i\"", "vm.initrd: found an initrd without a kernel, allowed: together with kernel")]
    [InlineData("\"cmdline\":\"quiet\"", "vm.cmdline: found a command line without a kernel, allowed: together with kernel")]
    [InlineData("\"cpu\":2", "vm.cpu: found 2, allowed: a CPU model of QEMU, such as host, max, qemu64, Skylake-Server (how many there are is cpus)")]
    [InlineData("\"cpu\":\"max,vmx=on\"", "vm.cpu: found max,vmx=on, ")]
    [InlineData("\"cpu\":\"host\",\"accel\":\"tcg\"", "vm.cpu: found host with accel tcg, ")]
    [InlineData("\"cpu-flags\":[\"+aes\"]", "vm.cpu-flags: found features without a model, ")]
    [InlineData("\"cpu\":\"max\",\"cpu-flags\":[\"aes\"]", "vm.cpu-flags[0]: found aes, allowed: +NAME or -NAME")]
    [InlineData("\"cpu\":\"max\",\"cpu-flags\":[\"+aes\",\"-aes\"]", "vm.cpu-flags[1]: found aes twice, ")]
    [InlineData("\"topology\":4", "vm.topology: found 4, allowed: an object, { sockets = 1, ")]
    [InlineData("\"topology\":{\"cores\":0}", "vm.topology.cores: found 0, allowed: a whole number from 1 to 255")]
    [InlineData("\"topology\":{\"core\":2}", "vm.topology.core: found an unknown key, allowed: cores ")]
    [InlineData("\"cpus\":4,\"topology\":{\"cores\":2}", "vm.topology: found 2 CPUs, allowed: a product of 4, as cpus says (or no cpus)")]
    [InlineData("\"topology\":{\"sockets\":2,\"cores\":128}", "vm.topology: found 256 CPUs, allowed: a product of at most 255")]
    [InlineData("\"uuid\":\"8f1f\"", "vm.uuid: found 8f1f, allowed: a UUID, ")]
    [InlineData("\"pinned-machine\":\"a b\"", "vm.pinned-machine: found a b, ")]
    [InlineData("\"firmware\":\"efi\"", "vm.firmware: found efi, allowed: bios, uefi")]
    [InlineData("\"firmware\":\"uefi\",\"bios\":\"/b\"", "vm.bios: found a bios image with firmware uefi, ")]
    [InlineData("\"boot\":[\"disk0\"]", "vm.boot[0]: found disk0, allowed: nothing (there are neither disks nor nics)")]
    [InlineData("\"boot\":[\"net1\"],\"nics\":[{}]", "vm.boot[0]: found net1, allowed: net0: disks and nics by their places")]
    [InlineData("\"boot\":[\"net0\",\"net0\"],\"nics\":[{}]", "vm.boot[1]: found net0 twice, allowed: each device once")]
    [InlineData("\"watchdog\":\"reboot\"", "vm.watchdog: found reboot, allowed: reset, pause, inject-nmi, off")]
    [InlineData("\"balloon\":\"big\"", "vm.balloon: found big, allowed: true, false")]
    [InlineData("\"disks\":[{\"path\":\"/a\",\"media\":\"dvd\"}]", "vm.disks[0].media: found dvd, allowed: disk, cdrom")]
    [InlineData("\"disks\":[{\"path\":\"/a\",\"media\":\"cdrom\",\"bus\":\"virtio\"}]", "vm.disks[0].bus: found virtio with media cdrom, ")]
    [InlineData("\"disks\":[{\"path\":\"/a\",\"media\":\"cdrom\",\"readonly\":false}]", "vm.disks[0].readonly: found false with media cdrom, ")]
    [InlineData("\"disks\":[{\"path\":\"/a\",\"cache\":\"off\"}]", "vm.disks[0].cache: found off, allowed: writeback, none, writethrough, directsync, unsafe")]
    [InlineData("\"disks\":[{\"path\":\"/a\",\"discard\":\"on\"}]", "vm.disks[0].discard: found on, allowed: ignore, unmap")]
    [InlineData("\"disks\":[{\"path\":\"/a\",\"bus\":\"sata\",\"iothread\":true}]", "vm.disks[0].iothread: found true on bus sata, ")]
    [InlineData("\"disks\":[{\"path\":\"/a\",\"media\":\"cdrom\",\"bus\":\"scsi\",\"iothread\":true}]", "vm.disks[0].iothread: found true with media cdrom, ")]
    [InlineData("\"disks\":[{\"path\":\"/a\",\"serial\":\"a b\"}]", "vm.disks[0].serial: found a b, allowed: 1 to 20 letters, digits and . _ + -")]
    [InlineData("\"disks\":[{\"path\":\"/a\",\"serial\":\"123456789012345678901\"}]", "vm.disks[0].serial: found 123456789012345678901, ")]
    [InlineData("\"disks\":[{\"path\":\"/a\",\"serial\":\"x\"},{\"path\":\"/b\",\"serial\":\"x\"}]", "vm.disks[1].serial: found x twice, ")]
    [InlineData("\"disks\":{}", "vm.disks: found an object, allowed: a list of disks, ")]
    [InlineData("\"disks\":[5]", "vm.disks[0]: found 5, allowed: a list of disks, ")]
    [InlineData("\"disks\":[{\"path\":\"/a\",\"bus\":\"ide\"}]", "vm.disks[0].bus: found ide, allowed: virtio, scsi, sata")]
    [InlineData("\"disks\":[{\"path\":\"/a\",\"readonly\":1}]", "vm.disks[0].readonly: found 1, allowed: true, false")]
    [InlineData("\"disks\":[{\"path\":\"/a\",\"bus\":\"sata\",\"readonly\":true}]", "vm.disks[0].readonly: found true on bus sata, ")]
    [InlineData("\"disks\":[{\"path\":\"/a\"},{\"path\":\"/a\",\"readonly\":true}]", "vm.disks[1].path: found /a twice, ")]
    [InlineData("\"disks\":[{\"path\":\"/a\",\"fromat\":\"raw\"}]", "vm.disks[0].fromat: found an unknown key, allowed: format ")]
    [InlineData("\"nics\":[{\"type\":\"macvtap\"}]", "vm.nics[0].type: found macvtap, allowed: user, tap, or x-NAME of a kind that this node was given")]
    [InlineData("\"nics\":[{\"type\":\"x-\"}]", "vm.nics[0].type: found x-, ")]
    [InlineData("\"nics\":[{\"type\":\"tap\"}]", "vm.nics[0].bridge: found nothing, allowed: the name of a bridge: ")]
    [InlineData("\"nics\":[{\"type\":\"tap\",\"bridge\":\"a/b\"}]", "vm.nics[0].bridge: found a/b, ")]
    [InlineData("\"nics\":[{\"type\":\"tap\",\"bridge\":\"a234567890123456\"}]", "vm.nics[0].bridge: found a234567890123456, ")]
    [InlineData("\"nics\":[{\"type\":\"tap\",\"bridge\":\"b\",\"vlan\":4095}]", "vm.nics[0].vlan: found 4095, allowed: a whole number from 1 to 4094")]
    [InlineData("\"nics\":[{\"type\":\"tap\",\"bridge\":\"b\",\"mtu\":67}]", "vm.nics[0].mtu: found 67, ")]
    [InlineData("\"nics\":[{\"type\":\"tap\",\"bridge\":\"b\",\"queues\":0}]", "vm.nics[0].queues: found 0, allowed: a whole number from 1 to 256")]
    [InlineData("\"nics\":[{\"vlan\":12}]", "vm.nics[0].vlan: found vlan on a nic of type user, allowed: no vlan (type = tap has one)")]
    [InlineData("\"nics\":[{\"link\":\"sideways\"}]", "vm.nics[0].link: found sideways, allowed: up, down")]
    [InlineData("\"disks\":[{\"type\":\"lvm\",\"path\":\"/a\"}]", "vm.disks[0].type: found lvm, allowed: file, loop, script, or x-NAME ")]
    [InlineData("\"disks\":[{\"path\":\"/a\",\"volume\":\"v\"}]", "vm.disks[0].volume: found a volume on a disk of type file, ")]
    [InlineData("\"disks\":[{\"path\":\"/a\",\"script\":\"/s\"}]", "vm.disks[0].script: found a script on a disk of type file, ")]
    [InlineData("\"disks\":[{\"type\":\"script\",\"volume\":\"v\"}]", "vm.disks[0].script: found nothing, allowed: an absolute path")]
    [InlineData("\"disks\":[{\"type\":\"script\",\"script\":\"/s\"}]", "vm.disks[0].volume: found nothing, allowed: the volume's name, ")]
    [InlineData("\"disks\":[{\"type\":\"script\",\"script\":\"/s\",\"volume\":\"-rf\"}]", "vm.disks[0].volume: found -rf, ")]
    [InlineData("\"disks\":[{\"type\":\"loop\",\"path\":\"/a\"},{\"path\":\"/a\"}]", "vm.disks[1].path: found /a twice, ")]
    [InlineData("\"nics\":[{\"bridge\":\"br0\"}]", "vm.nics[0].bridge: found a bridge on a nic of type user, ")]
    [InlineData("\"nics\":[{\"mac\":\"52:54:00:12:34\"}]", "vm.nics[0].mac: found 52:54:00:12:34, ")]
    [InlineData("\"nics\":[{\"mac\":\"01:54:00:12:34:56\"}]", "vm.nics[0].mac: found 01:54:00:12:34:56, ")]
    [InlineData("\"nics\":[{\"mac\":\"00:00:00:00:00:00\"}]", "vm.nics[0].mac: found 00:00:00:00:00:00, ")]
    [InlineData("\"nics\":[{\"mac\":\"52:54:00:12:34:AB\"},{\"mac\":\"52:54:00:12:34:ab\"}]", "vm.nics[1].mac: found 52:54:00:12:34:ab twice, ")]
    [InlineData("\"hooks\":[\"h\"]", "vm.hooks[0]: found h, allowed: an absolute path")]
    [InlineData("\"hooks\":[\"/h\",\"/h\"]", "vm.hooks[1]: found /h twice, ")]
    [InlineData("\"restart\":\"on-failure\"", "vm.restart: found on-failure, allowed: never, on-crash, always")]
    [InlineData("\"on-panic\":\"reboot\"", "vm.on-panic: found reboot, allowed: stop, restart, preserve")]
    [InlineData("\"startup\":5", "vm.startup: found 5, allowed: an object, startup { order = 10, delay = 5s }")]
    [InlineData("\"startup\":{\"order\":10000}", "vm.startup.order: found 10000, allowed: a whole number from 0 to 9999")]
    [InlineData("\"startup\":{\"delay\":\"2h\"}", "vm.startup.delay: found 2h, allowed: 0 to 1h, ")]
    [InlineData("\"startup\":{\"wait\":1}", "vm.startup.wait: found an unknown key, allowed: ")]
    [InlineData("\"autostart\":\"maybe\"", "vm.autostart: found maybe, allowed: true, false")]
    [InlineData("\"shutdown-timeout\":60", "vm.shutdown-timeout: found 60, allowed: more than 0 and at most 24h, ")]
    [InlineData("\"shutdown-timeout\":\"25h\"", "vm.shutdown-timeout: found 25h, ")]
    [InlineData("\"shutdown-timeout\":\"0s\"", "vm.shutdown-timeout: found 0s, ")]
    [InlineData("\"qemu-args\":\"-S\"", "vm.qemu-args: found -S, allowed: a list of strings, ")]
    [InlineData("\"qemu-args\":[\"--daemonize\"]", "vm.qemu-args[0]: found --daemonize, ")]
    [InlineData("\"onPanic\":\"stop\"", "vm.onPanic: found an unknown key, allowed: on-panic (did you mean that?)")]
    [InlineData("\"a.b\":1", "vm.\"a.b\": found an unknown key, ")]
    [InlineData("\"cpus\":1,\"cpus\":2", "vm.cpus: found the key twice, allowed: once")]
    public void A_wrong_value_is_one_fault_that_names_key_finding_and_what_is_allowed(string member, string fault)
    {
        var id = member.StartsWith("\"id\"", StringComparison.Ordinal) ? "" : "\"id\":1,";
        var memory = member.StartsWith("\"memory\"", StringComparison.Ordinal) ? "" : "\"memory\":\"1M\",";
        Assert.StartsWith(fault, Assert.Single(Faults($$$"""{"vm":{ {{{id}}}{{{memory}}}{{{member}}} }}""")));
    }

    [Fact]
    public void The_seventh_sata_disk_has_no_port()
    {
        var disks = string.Join(',', Enumerable.Range(0, 7).Select(i => $$"""{"path":"/{{i}}","bus":"sata"}"""));
        Assert.StartsWith("vm.disks[6].bus: found more than 6 disks on sata", Assert.Single(Faults($$$"""{"vm":{"id":1,"memory":"1M","disks":[{{{disks}}}]}}""")));
    }

    [Theory]
    [InlineData(",\"bus\":\"virtio\"")]
    [InlineData(",\"bus\":\"scsi\",\"iothread\":true")]
    public void The_twentyfifth_disk_of_its_own_on_the_PCI_bus_has_no_place(string more)
    {
        var disks = string.Join(',', Enumerable.Range(0, 25).Select(i => $$"""{"path":"/{{i}}"{{more}}}"""));
        Assert.StartsWith("vm.disks[24].bus: found more than 24 disks on virtio", Assert.Single(Faults($$$"""{"vm":{"id":1,"memory":"1M","disks":[{{{disks}}}]}}""")));
    }

    [Fact]
    public void The_number_of_CPUs_follows_from_their_topology() =>
        Assert.Equal(12, Read("""{"vm":{"id":1,"memory":"1M","topology":{"sockets":2,"cores":3,"threads":2}}}""").Definition!.Cpus);

    [Theory]
    [InlineData("q35", true)]
    [InlineData("pc-i440fx-7.2", true)]
    [InlineData("ubuntu-q35", true)]
    [InlineData("isapc", false)]
    [InlineData("microvm", false)]
    public void Devices_that_need_a_PCI_bus_are_there_by_themselves_where_there_is_one(string machine, bool has)
    {
        var definition = Read($$$"""{"vm":{"id":1,"memory":"1M","machine":"{{{machine}}}"}}""").Definition!;
        Assert.Equal((has, has, has), (definition.Rng, definition.Balloon, definition.Watchdog == Watchdog.Reset));
    }

    [Theory]
    [InlineData("false")]
    [InlineData("\"no\"")]
    [InlineData("\"off\"")]
    public void Off_is_what_a_person_says_who_wants_no_watchdog(string word) =>
        Assert.Equal(Watchdog.Off, Read($$$"""{"vm":{"id":1,"memory":"1M","watchdog":{{{word}}} }}""").Definition!.Watchdog);

    [Fact]
    public void A_fault_of_a_disk_is_not_one_of_the_boot_order_too() =>
        Assert.StartsWith("vm.disks[0].path: found nothing", Assert.Single(Faults("""{"vm":{"id":1,"memory":"1M","boot":["disk0"],"disks":[{}]}}""")));

    private static IEnumerable<string> Faults(string json)
    {
        var result = Read(json);
        Assert.Null(result.Definition);
        return result.Faults.Select(fault => fault.ToString());
    }

    private static DefinitionResult Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return DefinitionReader.Read(document.RootElement);
    }
}
