using System.Text.Json;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Supervisor.Cli.Tests;

public sealed class DefinitionFileTests : IAsyncLifetime
{
    private readonly TempDirectory directory = new();
    private FakeDaemon daemon = null!;

    public async ValueTask InitializeAsync() =>
        daemon = (await FakeDaemon.StartAsync(directory)).On("PUT /v1/vms/104?wait=30s", Samples.Operation(OperationStatus.Succeeded, "define"));

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public async Task The_example_of_the_manual_is_sent_whole()
    {
        var sent = await DefineAsync(
            """
            vm {
              id = 104, name = web-1, memory = 512 MiB, cpus = 2
              machine = q35, accel = auto            # kvm when usable, else tcg
              kernel = /path/vmlinuz, initrd = /path/initrd.gz, cmdline = "console=ttyS0"
              disks = [ { path = /images/web-1.qcow2, format = qcow2, bus = virtio, readonly = false } ]
              nics  = [ { type = user, mac = auto } ]
              hooks = [ /etc/vmsup/hooks/notify ]
              restart = never
              on-panic = stop
              shutdown-timeout = 60s
              qemu-args = []
            }
            """);
        Assert.Equal(
            new VmDefinition
            {
                Id = new(104),
                Name = "web-1",
                Memory = 512L << 20,
                Cpus = 2,
                Kernel = "/path/vmlinuz",
                Initrd = "/path/initrd.gz",
                Cmdline = "console=ttyS0",
                Disks = [new() { Path = "/images/web-1.qcow2" }],
                Nics = [new()],
                Hooks = ["/etc/vmsup/hooks/notify"],
            },
            sent);
    }

    [Fact]
    public async Task Relative_paths_start_at_the_definition_file_also_those_of_an_included_one()
    {
        directory.Write("conf/common/disks.conf", "disks = [ { path = web.qcow2 } ], hooks = [ ../hook, /abs/hook ]");
        var sent = await DefineAsync("vm { include \"common/disks.conf\", id = 104, memory = 64M, bios = fw.bin, kernel = ./k, initrd = sub/i }");
        Assert.Equal(
            (Path("conf/fw.bin"), Path("conf/k"), Path("conf/sub/i"), Path("conf/web.qcow2"), Path("hook"), "/abs/hook"),
            (sent.Bios, sent.Kernel, sent.Initrd, sent.Disks[0].Path, sent.Hooks[0], sent.Hooks[1]));
    }

    [Fact]
    public async Task The_environment_is_that_of_the_prompt()
    {
        var sent = await DefineAsync("vm { id = 104, memory = 64M, cpus = 1, cpus = ${?CPUS}, name = ${?NAME} }", ("CPUS", "4"));
        Assert.Equal((4, "vm-104"), (sent.Cpus, sent.Name));
    }

    [Fact]
    public async Task A_definition_can_come_from_standard_input_and_as_json()
    {
        var printed = await new Prompt(daemon.Socket) { Input = """{"vm":{"id":104,"memory":1048576,"hooks":["h"]}}""" }.RunAsync("define", "-");
        Assert.Equal(new Printed(0, "vm 104: defined\n", ""), printed);
        Assert.Equal(System.IO.Path.Combine(Directory.GetCurrentDirectory(), "h"), Sent().Hooks[0]);
    }

    [Fact]
    public async Task Every_fault_is_told_on_a_line_with_its_place_and_nothing_is_sent()
    {
        var file = directory.Write("vm.conf",
            """
            vm {
              name = web 1
              memory = 64 MB
              disks = [
                { path = a.qcow2, format = vmdk },
                { path = "" }
              ]
              nics = [ { forward = [
                { port = 2222, guest-port = 22 },
                { port = 2222, guest-port = many }
              ] } ]
              restart = sometimes
              shutdown_timeout = 60s
            }
            """);
        var printed = await new Prompt(daemon.Socket).RunAsync("define", file);
        Assert.Equal(
            $"""
            {file}:1:4: vm.id: found nothing, allowed: a whole number from 1 to 999999999
            {file}:2:10: vm.name: found web 1, allowed: 1 to 63 letters, digits and . _ -, beginning with a letter, digit or _, and not a number
            {file}:3:12: vm.memory: found 64 MB (64000000 bytes), allowed: a multiple of 1 MiB from 1 MiB on, as a number of bytes, or a number and a unit, such as 512 MiB, 512M, 2 GiB
            {file}:5:32: vm.disks[0].format: found vmdk, allowed: qcow2, raw
            {file}:6:14: vm.disks[1].path: found "", allowed: an absolute path
            {file}:10:33: vm.nics[0].forward[1].guest-port: found many, allowed: a whole number from 1 to 65535
            {file}:12:13: vm.restart: found sometimes, allowed: never, on-crash, always
            {file}:13:3: vm.shutdown_timeout: found an unknown key, allowed: shutdown-timeout (did you mean that?)

            """, printed.Error);
        Assert.Equal((2, ""), (printed.Code, printed.Out));
        Assert.Empty(daemon.Requests);
    }

    [Theory]
    [InlineData("vm { id = 104", ":1:")]
    [InlineData("[ 1 ]", ":1:1: ")]
    [InlineData("vm { id = ${nowhere} }", ":1:11: ")]
    [InlineData("vm { id = 104, memory = 1M, \"a.b\" = 1 }", ":1:29: vm.\"a.b\": found an unknown key, ")]
    [InlineData("other { id = 104 }", ":1:1: other: found an unknown key, ")]
    public async Task What_is_not_a_definition_is_told_with_its_place(string text, string fault)
    {
        var file = directory.Write("vm.conf", text);
        var printed = await new Prompt(daemon.Socket).RunAsync("define", file);
        Assert.Equal(2, printed.Code);
        Assert.Contains(printed.Error.Split('\n'), line => line.StartsWith(file + fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_a_bad_file()
    {
        Assert.Equal(new Printed(2, "", $"vmsup: {Path("none")}: there is no such file\n"), await new Prompt(daemon.Socket).RunAsync("define", Path("none")));
        Assert.Equal(
            new Printed(2, "", $"vmsup: {directory.Path}: is a directory; name the definition file in it\n"),
            await new Prompt(daemon.Socket).RunAsync("define", directory.Path));
    }

    private string Path(string name) => directory.File(name);

    private async Task<VmDefinition> DefineAsync(string text, params (string Name, string Value)[] environment)
    {
        var prompt = new Prompt(daemon.Socket);
        foreach (var (name, value) in environment)
            prompt.Environment[name] = value;
        Assert.Equal(new Printed(0, "vm 104: defined\n", ""), await prompt.RunAsync("define", directory.Write("conf/vm.conf", text)));
        return Sent();
    }

    private VmDefinition Sent() => JsonSerializer.Deserialize<VmDefinition>(Assert.Single(daemon.Requests).Body, ContractsJson.Options)!;
}
