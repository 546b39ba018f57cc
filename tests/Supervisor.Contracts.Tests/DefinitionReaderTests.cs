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
            {"vm":{"id":104,"name":"web-1","memory":1048576,"cpus":2,"machine":"pc-q35-7.2","accel":"tcg","bios":"/b","kernel":"/k","initrd":"/i",
            "cmdline":"console=ttyS0","disks":[{"path":"/d","format":"raw","bus":"scsi","readonly":true},{"path":"/e"},{"type":"x-ceph","volume":"pool/v"}],
            "nics":[{"type":"user","mac":"52:54:00:AB:cd:01"},{"mac":"auto"},{},
            {"type":"tap","bridge":"br0","vlan":12,"mtu":1500,"queues":2,"link":"down"},{"type":"x-ovs","bridge":"any thing"}],"hooks":["/h"],"restart":"never","on-panic":"preserve","startup":{"order":10,"delay":"5s"},
            "autostart":false,"shutdown-timeout":"90s","qemu-args":["-device","pvpanic"]}}
            """).Definition;
        Assert.Equal(
            new VmDefinition
            {
                Id = new VmId(104),
                Name = "web-1",
                Memory = 1 << 20,
                Cpus = 2,
                Machine = "pc-q35-7.2",
                Accel = Accelerator.Tcg,
                Bios = "/b",
                Kernel = "/k",
                Initrd = "/i",
                Cmdline = "console=ttyS0",
                Disks = [new() { Path = "/d", Format = DiskFormat.Raw, Bus = DiskBus.Scsi, Readonly = true }, new() { Path = "/e" }, new() { Type = "x-ceph", Path = "pool/v", Format = DiskFormat.Raw }],
                Nics =
                [
                    new() { Mac = "52:54:00:ab:cd:01" }, new(), new(),
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
                "vm.cpu: found an unknown key, allowed: cpus (did you mean that?)",
            ],
            Faults("""{"vm":{"memory":"lots","disks":[{"path":"/a","format":"vmdk"},{}],"restart":"sometimes","cpu":2}}"""));

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
    [InlineData("\"machine\":\"q35,smm=on\"", "vm.machine: found q35,smm=on, ")]
    [InlineData("\"accel\":\"KVM\"", "vm.accel: found KVM, allowed: auto, kvm, tcg")]
    [InlineData("\"kernel\":\"vmlinuz\"", "vm.kernel: found vmlinuz, allowed: an absolute path")]
    [InlineData("\"kernel\":\"/a\\u0000b\"", "vm.kernel: found \"/a\\u0000b\", allowed: an absolute path")]
    [InlineData("\"initrd\":\"/i\"", "vm.initrd: found an initrd without a kernel, allowed: together with kernel")]
    [InlineData("\"cmdline\":\"quiet\"", "vm.cmdline: found a command line without a kernel, allowed: together with kernel")]
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
