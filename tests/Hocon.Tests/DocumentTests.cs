using static VmSupervisor.Hocon.Tests.Reading;

namespace VmSupervisor.Hocon.Tests;

public sealed class DocumentTests
{
    private const string Definition = """
        vm {
          id = 104, name = web-1, memory = 512 MiB, cpus = 2
          machine = q35, accel = auto            # kvm when usable, else tcg
          kernel = /path/vmlinuz, initrd = /path/initrd.gz, cmdline = "console=ttyS0"
          disks = [ { path = /images/web-1.qcow2, format = qcow2, bus = virtio, readonly = false } ]
          nics  = [ { type = tap, bridge = br0, mac = auto } ]          # also: user
          hooks = [ /etc/vmsup/hooks/notify ]
          restart = never                        # default; on-crash, always
          autostart = true, shutdown-timeout = 60s
          qemu-args = []
        }
        """;

    [Fact]
    public void A_definition_of_a_vm_is_read()
    {
        Assert.Equal(
            """
            {"vm":{"id":104,"name":"web-1","memory":"512 MiB","cpus":2,"machine":"q35","accel":"auto","kernel":"/path/vmlinuz",
            "initrd":"/path/initrd.gz","cmdline":"console=ttyS0","disks":[{"path":"/images/web-1.qcow2","format":"qcow2",
            "bus":"virtio","readonly":false}],"nics":[{"type":"tap","bridge":"br0","mac":"auto"}],
            "hooks":["/etc/vmsup/hooks/notify"],"restart":"never","autostart":true,"shutdown-timeout":"60s","qemu-args":[]}}
            """.ReplaceLineEndings(""),
            Json(Definition, HoconOptions.Literal));
        Assert.Equal(512L << 20, Read(Definition).GetSize("vm.memory"));
        Assert.Equal(TimeSpan.FromMinutes(1), Read(Definition).GetDuration("vm.shutdown-timeout"));
    }

    [Fact]
    public void A_path_in_the_json_leads_back_to_the_text()
    {
        var document = HoconDocument.Parse(Definition, "web.conf");
        Assert.Equal("web.conf:5:22", document.OriginOf("vm.disks[0].path").ToString());
        Assert.Equal("web.conf:5:13", document.OriginOf("vm.disks[0].cache").ToString());
        Assert.Equal("web.conf:1:4", document.OriginOf("vm.no.such").ToString());
    }

    [Fact]
    public void A_reader_reports_every_fault_at_once()
    {
        var faults = new List<HoconFault>();
        var root = new HoconReader(Read("vm {\n memory = lots\n cpus = 0, coulour = red\n restart = maybe\n"
            + " disks = [ { path = x, bus = 1 }, 7 ], hooks = [ a, [] ]\n}\nmore = 1"), faults);
        root.RefuseUnknown("vm");
        var vm = root.Object("vm")!;
        vm.RefuseUnknown("id", "memory", "cpus", "restart", "disks", "hooks");
        Assert.False(vm.Require("id"));
        Assert.Null(vm.Size("memory"));
        Assert.Null(vm.Int64("cpus", 1, 255));
        Assert.Null(vm.Choice("restart", "never", "always"));
        Assert.Equal("1", Assert.Single(vm.Objects("disks")!).String("bus"));
        vm.Objects("disks")![0].Fault("path", "found an image that is read-only");
        Assert.Equal(["a"], vm.Strings("hooks")!);
        Assert.Null(vm.Duration("missing"));

        Assert.Equal(
            [
                "a.conf:7:1: more: found an unknown key; allowed are vm",
                "a.conf:3:12: vm.coulour: found an unknown key; allowed are id, memory, cpus, restart, disks, hooks",
                "a.conf:1:4: vm.id: found nothing; this setting is required",
                "a.conf:2:11: vm.memory: found string \"lots\"; allowed is a number of bytes, or one with a unit: B kB MB GB TB KiB MiB GiB TiB, as in 512 MiB",
                "a.conf:3:9: vm.cpus: found number 0; allowed is a whole number from 1 to 255",
                "a.conf:4:12: vm.restart: found string \"maybe\"; allowed is never, always",
                "a.conf:5:35: vm.disks[1]: found number 7; allowed is an object: { … }",
                "a.conf:5:21: vm.disks[0].path: found an image that is read-only",
                "a.conf:5:53: vm.hooks[1]: found an array; allowed is a string",
            ],
            faults.Select(fault => fault.ToString()).Distinct());
    }

    [Fact]
    public void Later_layers_win_and_substitutions_see_the_whole()
    {
        var read = HoconDocument.Parse([
            new HoconText("qmp.timeout = 5s, qmp.retry = ${qmp.timeout}, run = /run", "reference.conf"),
            new HoconText("qmp.timeout = 7s, log = ${run}/log", "vmsupd.conf"),
            new HoconSetting("run=/tmp/r = 1"),
            new HoconSetting("nodes={ b = \"unix:/x\", c = ${run} }"),
        ]).AsObject();

        Assert.Equal(
            """{"qmp":{"timeout":"7s","retry":"7s"},"run":"/tmp/r = 1","log":"/tmp/r = 1/log","nodes":{"b":"unix:/x","c":"/tmp/r = 1"}}""",
            read.ToJson());
        Assert.Equal("vmsupd.conf:1:15", read.OriginOf(HoconPath.Parse("qmp.timeout")).ToString());
        Assert.Equal("--set:1:5", read.OriginOf(HoconPath.Parse("run")).ToString());
    }

    [Theory]
    [InlineData("a.b=", """{"a":{"b":""}}""")]
    [InlineData("a=true", """{"a":"true"}""")]
    [InlineData("a=${x} # y", """{"a":"${x} # y"}""")]
    [InlineData("a=[1, {x=2}]", """{"a":[1,{"x":2}]}""")]
    [InlineData("a={x=1}", """{"a":{"x":1}}""")]
    [InlineData("a=\"x y\"", """{"a":"x y"}""")]
    [InlineData("\"a.b\".c=1", """{"a.b":{"c":"1"}}""")]
    public void A_setting_is_a_plain_string_or_hocon(string argument, string json) =>
        Assert.Equal(json, HoconDocument.Parse([new HoconSetting(argument)]).Root.ToJson());

    [Theory]
    [InlineData("a", "--set:1:1: found \"a\"; path=value is needed")]
    [InlineData("=1", "--set:1:1: found an empty path; a path such as a.b is needed")]
    [InlineData("a..b=1", "--set:1:3: found an empty element in a path; write it as \"\" when it is meant")]
    [InlineData("a[0]=1", "--set:1:1: found a[0]; an element of an array cannot be set alone, set the whole array")]
    [InlineData("a.b=[1", "--set:1:5: found '[' that is never closed")]
    [InlineData("a={x=1}}", "--set:1:8: found '}' after the value; nothing may follow it")]
    public void A_broken_setting_is_refused(string argument, string fault) =>
        Assert.Equal([fault], Faults(() => HoconDocument.Parse([new HoconSetting(argument)])));

    [Fact]
    public void Faults_of_all_layers_are_reported_together() =>
        Assert.Equal(3, Faults(() => HoconDocument.Parse([
            new HoconText("a = }", "one"), new HoconText("[1]", "two"), new HoconSetting("x")])).Length);

    [Fact]
    public void Falling_back_merges_pair_by_pair()
    {
        HoconObject first = Read("a : { x : 1 }"), second = Read("a : 42"), third = Read("a : { y : 2 }, b : 3");
        Assert.Equal(Read("a : { x : 1 }, b : 3"), first.WithFallback(second).WithFallback(third));
        Assert.Equal(Read("a : { x : 1, y : 2 }, b : 3"), first.WithFallback(third).WithFallback(second));
        Assert.Equal(Read("a : { x : 1 }, b : 3"), first.WithFallback(second.WithFallback(third)));
    }

    [Fact]
    public void Setting_a_key_to_null_first_clears_what_it_would_fall_back_to()
    {
        var defaults = Read("nodes { a = 1 }, x { y = 1 }");
        Assert.Equal(Read("nodes { b = 2 }, x { y = 1, z = 2 }"), Read("nodes = null, nodes { b = 2 }, x.z = 2").WithFallback(defaults));
    }

    [Fact]
    public void A_root_that_is_an_array_is_no_object()
    {
        Assert.Equal("[1,[2]]", Json("[1, [2]]"));
        Assert.Equal(["a.conf:1:1: found an array as the root; an object is needed here"], Faults(() => Read("[1]")));
    }

    [Fact]
    public void Values_are_equal_by_content_only()
    {
        Assert.Equal(Read("a = 1, b = [x]"), Read("b = [ \"x\" ]\n\na : 1"));
        Assert.Equal(Read("a = 1, b = 2").GetHashCode(), Read("b = 2, a = 1").GetHashCode());
        Assert.NotEqual(Read("a = 1"), Read("a = \"1\""));
        Assert.NotEqual(Read("a = 1"), Read("a = 1, b = 2"));
        Assert.NotEqual(Read("a = [1, 2]"), Read("a = [2, 1]"));
    }
}
