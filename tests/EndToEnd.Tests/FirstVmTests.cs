using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>What a newcomer does first, with the programs that a newcomer has.</summary>
[Trait("Category", "Qemu")]
public sealed class FirstVmTests
{
    [Fact(Timeout = Limits.Test)]
    public Task A_first_vm_takes_five_commands() => Node.OfItsOwnAsync(async node =>
    {
        var file = node.Write("web-1.conf", $$"""
            vm {
              id = 104, name = web-1, memory = 4 MiB, accel = tcg
              bios = {{Binaries.NanoBios}}, kernel = {{Binaries.NanoKernel}}, cmdline = "hb_ms=50 hz=100"
              hooks = [ {{node.Hook}} ]
            }
            """);

        Assert.Equal("[]\n", (await node.CliAsync("list", "-o", "json")).Expect(0).Output);
        Assert.Equal("vm 104: defined\n", (await node.CliAsync("define", file)).Expect(0).Output);
        Assert.Equal("vm 104: started\n", (await node.CliAsync("start", "web-1")).Expect(0).Output);
        await node.SerialOf(104, 1).BeatsOnAsync();

        var listed = Assert.Single((await node.CliAsync("list", "-o", "json")).Expect(0).Json.AsArray())!;
        var shown = (await node.CliAsync("show", "web-1", "-o", "json")).Expect(0).Json;
        Assert.Equal(listed.ToJsonString(), shown.ToJsonString());
        var qemu = node.World.TheProcess(104);
        Assert.Equal(qemu.Pid, (int)shown["pid"]!);
        Assert.Contains(qemu.Arguments, a => a.Contains("guest=web-1"));

        Assert.Equal("vm 104: shut down\n", (await node.CliAsync("shutdown", "web-1")).Expect(0).Output);
        Assert.Contains("cleaned-up", (await node.CliAsync("history", "web-1")).Expect(0).Output);
        Assert.Equal(["pre-start", "post-start", "pre-stop", "post-stop"], node.World.PhasesOf(104, 1));
        node.World.AssertHooksBalance();
        Assert.Empty(node.World.Processes());
    });

    [Fact(Timeout = Limits.Test)]
    public Task The_view_has_the_fields_that_scripts_rely_on() => Node.OfItsOwnAsync(async node =>
    {
        var image = node.In("disk.raw");
        await using (var disk = File.Create(image))
            disk.SetLength(1 << 20);
        var file = node.Write("vm.conf", $$"""
            vm { id = 7, memory = 4 MiB, accel = tcg, bios = {{Binaries.NanoBios}}, kernel = {{Binaries.NanoKernel}}
                 disks = [ { path = disk.raw, format = raw } ] }
            """);
        (await node.CliAsync("define", file)).Expect(0);
        string[] fields =
        [
            "id", "name", "node", "state", "incarnation", "guest", "pid", "cause", "since", "operation", "activity", "restarts",
            "volumes", "problems",
        ];

        var resting = (await node.CliAsync("show", "7", "-o", "json")).Expect(0).Json.AsObject();
        Assert.Equal(fields, resting.Select(field => field.Key).Where(fields.Contains));
        Assert.Equal(7, (int)resting["id"]!);
        Assert.Equal("vm-7", (string?)resting["name"]);
        Assert.Equal(node.Name, (string?)resting["node"]);
        Assert.Equal("CleanedUp", (string?)resting["state"]);
        Assert.Equal("off", (string?)resting["guest"]);
        Assert.Equal("defined", (string?)resting["cause"]);
        Assert.Equal(0, (long)resting["incarnation"]!);
        Assert.Null(resting["pid"]);
        Assert.Empty(resting["problems"]!.AsArray());

        (await node.CliAsync("start", "7")).Expect(0);
        var running = (await node.CliAsync("show", "7", "-o", "json")).Expect(0).Json.AsObject();
        Assert.Equal(fields, running.Select(field => field.Key).Where(fields.Contains));
        Assert.Equal("Running", (string?)running["state"]);
        Assert.Equal("running", (string?)running["guest"]);
        Assert.Equal(1, (long)running["incarnation"]!);
        Assert.Equal(node.World.TheProcess(7).Pid, (int)running["pid"]!);
        var volume = Assert.Single(running["volumes"]!.AsArray())!;
        Assert.Equal(image, (string?)volume["path"]);

        var history = (await node.CliAsync("history", "7", "-o", "json")).Expect(0).Json.AsArray();
        Assert.All(history, entry => Assert.Equal(
            ["version", "time", "incarnation", "type", "cause", "operation", "by", "data"], entry!.AsObject().Select(f => f.Key)));
        Assert.Equal(Enumerable.Range(1, history.Count), history.Select(entry => (int)entry!["version"]!));
    });

    [Fact(Timeout = Limits.Test)]
    [Trait("Speed", "Slow")]
    public Task A_linux_guest_boots_on_whatever_the_host_has_and_shuts_down_when_asked() => Node.OfItsOwnAsync(async node =>
    {
        var file = node.Write("linux.conf", $$"""
            vm {
              id = 1, name = linux, memory = 96 MiB, cpus = 1
              kernel = {{Binaries.Linux("vmlinuz")}}, initrd = {{Binaries.Linux("initrd.gz")}}
              cmdline = "console=ttyS0 quiet panic=-1 nokaslr mitigations=off tsc=unstable no_timer_check hb_ms=50"
            }
            """);
        (await node.CliAsync("define", file)).Expect(0);
        (await node.CliAsync("start", "linux")).Expect(0);
        var serial = node.SerialOf(1, 1);
        await serial.BeatsOnAsync();
        serial.Type("ping");
        await serial.SeesAsync("PONG");

        (await node.CliAsync("shutdown", "linux")).Expect(0);

        var ended = await node.ShowAsync(1);
        Assert.Equal(("CleanedUp", "api-stop"), (ended.State, ended.Cause));
        Assert.Contains(await node.HistoryAsync(1), entry => entry.Data.GetValueOrDefault("guest") == "shutdown");
        Assert.Empty(node.World.Processes());
    });
}
