using System.Buffers.Binary;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using VmSupervisor.AspNetCore.Access;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Supervisor.AspNetCore.Tests.Access;

/// <summary>What an operator's command may name of the host.</summary>
public sealed class CommandGuardTests : IDisposable
{
    private static readonly VmDefinition Plain = new() { Id = new(104), Name = "web-1", Memory = 1 << 20 };

    private readonly string _directory = SupervisorHost.NewDirectory();
    private readonly CommandGuard _guard;

    public CommandGuardTests()
    {
        Directory.CreateDirectory(In("root/sub"));
        Directory.CreateDirectory(In("root2"));
        File.WriteAllText(In("root/a.qcow2"), "");
        File.WriteAllText(In("secret"), "");
        File.CreateSymbolicLink(In("root/out"), In("secret"));
        File.CreateSymbolicLink(In("root/up"), "..");
        File.CreateSymbolicLink(In("root/in"), "a.qcow2");
        File.CreateSymbolicLink(In("root/loop"), "loop");
        File.CreateSymbolicLink(In("root/dangling"), In("not-yet"));
        File.CreateSymbolicLink(In("entrance"), "root");
        var options = new VmSupervisorAccessOptions();
        options.Roots.Add(In("entrance") + "/");
        options.Bridges.Add("br0");
        _guard = new CommandGuard(options);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("root/a.qcow2")]
    [InlineData("entrance/a.qcow2")]
    [InlineData("root/sub/new.qcow2")]
    [InlineData("root/not/there/yet.qcow2")]
    [InlineData("root/in")]
    [InlineData("root/a b;$(reboot)`id`'\"&|<>*?.qcow2")]
    [InlineData("root/..a")]
    public void What_leads_into_a_root_is_allowed(string path)
    {
        Assert.Null(WhyNot(Plain with { Disks = [Disk(path)] }));
        Assert.Null(_guard.WhyNot(new VmCommand.Backup(In(path)), Plain));
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("root2/x")]
    [InlineData("root")]
    [InlineData("root/")]
    [InlineData("root/../secret")]
    [InlineData("root/sub/../a.qcow2")]
    [InlineData("root/./a.qcow2")]
    [InlineData("root/sub/../../secret")]
    [InlineData("root/out")]
    [InlineData("root/up/secret")]
    [InlineData("root/loop")]
    [InlineData("root/dangling")]
    [InlineData("root/a\nb")]
    public void What_leads_out_of_the_roots_is_not(string path)
    {
        Assert.Contains("disks[0].path: ", WhyNot(Plain with { Disks = [Disk(path)] }));
        Assert.Contains("disks[1].path: ", WhyNot(Plain with { Disks = [Disk("root/a.qcow2"), Disk(path)] }));
        Assert.Contains("bios: ", WhyNot(Plain with { Bios = In(path) }));
        Assert.Contains("kernel: ", WhyNot(Plain with { Kernel = In(path) }));
        Assert.Contains("initrd: ", WhyNot(Plain with { Kernel = In("root/a.qcow2"), Initrd = In(path) }));
        Assert.Contains("directory: ", _guard.WhyNot(new VmCommand.Backup(In(path)), Plain));
    }

    [Fact]
    public void What_runs_or_opens_whatever_it_likes_is_not()
    {
        Assert.Contains("qemu-args", WhyNot(Plain with { QemuArgs = ["-s"] }));
        Assert.Contains("hooks", WhyNot(Plain with { Hooks = [In("root/hook")] }));
        Assert.Contains("type script", WhyNot(Plain with { Disks = [Disk("root/a.qcow2") with { Type = DiskType.Script, Script = In("root/s") }] }));
        Assert.Contains("type x-rbd", WhyNot(Plain with { Disks = [Disk("root/a.qcow2") with { Type = "x-rbd" }] }));
        Assert.Contains("type x-vpn", WhyNot(Plain with { Nics = [new NicDefinition { Type = "x-vpn" }] }));
        Assert.Contains("br1 is none of the bridges", WhyNot(Plain with { Nics = [new NicDefinition { Type = NicType.Tap, Bridge = "br1" }] }));
        Assert.Null(WhyNot(Plain with { Nics = [new NicDefinition { Type = NicType.Tap, Bridge = "br0" }] }));
        Assert.Contains("port 80 of the host", WhyNot(Plain with { Nics = [new NicDefinition { Forward = [new PortForward { Port = 80, GuestPort = 80 }] }] }));
        Assert.Null(WhyNot(Plain with { Nics = [new NicDefinition { Forward = [new PortForward { Port = 8080, GuestPort = 80 }] }] }));
        Assert.Contains("comma or a blank", WhyNot(Plain with { Kernel = In("root/a.qcow2"), Initrd = In("root/a.qcow2,/etc/shadow") }));
    }

    [Fact]
    public void Where_disks_are_put_at_another_node_is_for_admins()
    {
        Assert.Null(_guard.WhyNot(new VmCommand.Migrate("b"), Plain));
        Assert.Contains("paths at another node", _guard.WhyNot(new VmCommand.Migrate("b", Disks: [new(In("root/a.qcow2"), "/etc/shadow")]), Plain));
    }

    [Fact]
    public void What_an_admin_gave_a_vm_is_not_for_an_operator_to_take_away() =>
        Assert.Contains("as it is defined now hooks", _guard.WhyNot(new VmCommand.Define(Plain), Plain with { Hooks = ["/etc/vmsup/hooks/notify"] }));

    [Theory]
    [InlineData("SECRET", "which is in none of the directories")]
    [InlineData("../secret", "which is in none of the directories")]
    [InlineData("json:{\"driver\":\"file\",\"filename\":\"/etc/shadow\"}", "a backing file that is no path")]
    [InlineData("nbd:10.0.0.1:80", "a backing file that is no path")]
    [InlineData("ROOT/../secret", "has a part . or ..")]
    [InlineData("chain.qcow2", "which is in none of the directories")]
    [InlineData("round.qcow2", "does not end")]
    [InlineData("a.qcow2", null)]
    [InlineData("sub/not-yet.qcow2", null)]
    public void A_backing_file_that_a_guest_has_written_into_its_disk_does_not_lead_out(string backing, string? expected)
    {
        WriteImage(In("root/chain.qcow2"), In("secret"));
        WriteImage(In("root/round.qcow2"), "round.qcow2");
        WriteImage(In("root/disk.qcow2"), backing.Replace("SECRET", In("secret")).Replace("ROOT", In("root")));

        var why = WhyNot(Plain with { Disks = [Disk("root/disk.qcow2")] });

        if (expected is null)
            Assert.Null(why);
        else
            Assert.Contains(expected, why);
        Assert.Null(WhyNot(Plain with { Disks = [Disk("root/disk.qcow2") with { Format = DiskFormat.Raw }] }));
    }

    [Fact]
    public void An_image_with_its_data_in_another_file_is_not_allowed()
    {
        WriteImage(In("root/disk.qcow2"), "", features: 4);

        Assert.Contains("has its data in another file", WhyNot(Plain with { Disks = [Disk("root/disk.qcow2")] }));
    }

    [Fact]
    public async Task Operators_define_only_where_the_node_says_so_and_admins_as_they_like()
    {
        await using var closed = await HostAsync(_ => { });
        await using var open = await HostAsync(options =>
        {
            options.OperatorsDefine = true;
            options.Roots.Add(In("root"));
        });
        var good = """{"vm":{"id":104,"memory":"1 MiB","disks":[{"path":"IMAGE"}]}}""".Replace("IMAGE", In("root/a.qcow2"));
        const string bad = """{"vm":{"id":104,"memory":"1 MiB","disks":[{"path":"/etc/shadow","format":"raw"}]}}""";

        Assert.Equal(403, await DefineAsync(closed, good, "operator"));
        Assert.Equal(202, await DefineAsync(closed, bad, "admin"));
        Assert.Equal(202, await DefineAsync(open, good, "operator"));
        Assert.Equal(202, await DefineAsync(open, good, "operator 104"));
        Assert.Equal(403, await DefineAsync(open, good, "operator 105"));
        Assert.Equal(403, await DefineAsync(open, good, "viewer"));
        Assert.Equal(403, await DefineAsync(open, bad, "operator"));
        Assert.Equal(403, await DefineAsync(open, bad, "operator", "?dry-run=true"));
        Assert.Equal((1, 2), (closed.Supervisor.Submitted.Count, open.Supervisor.Submitted.Count));
    }

    private static async Task<int> DefineAsync(SupervisorHost host, string body, string role, string query = "") =>
        (await host.SendAsync("PUT", $"/v1/vms/104{query}", body, null, (StatedAccess.Header, role))).Status;

    private static Task<SupervisorHost> HostAsync(Action<VmSupervisorAccessOptions> configure) =>
        SupervisorHost.StartAsync(options => configure(options.Access), add: services => services.AddSingleton<IVmSupervisorAccess, StatedAccess>());

    private static void WriteImage(string path, string backing, ulong features = 0)
    {
        var image = new byte[4096];
        BinaryPrimitives.WriteUInt32BigEndian(image, 0x514649fb);
        BinaryPrimitives.WriteUInt32BigEndian(image.AsSpan(4), 3);
        BinaryPrimitives.WriteUInt64BigEndian(image.AsSpan(8), backing.Length == 0 ? 0UL : 512);
        BinaryPrimitives.WriteUInt32BigEndian(image.AsSpan(16), (uint)Encoding.UTF8.GetByteCount(backing));
        BinaryPrimitives.WriteUInt64BigEndian(image.AsSpan(72), features);
        Encoding.UTF8.GetBytes(backing, image.AsSpan(512));
        File.WriteAllBytes(path, image);
    }

    private DiskDefinition Disk(string path) => new() { Path = In(path) };

    private string? WhyNot(VmDefinition definition) => _guard.WhyNot(new VmCommand.Define(definition), null);

    private string In(string path) => $"{_directory}/{path}";
}
