using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>From a file to a running guest: what is shown before, what is there then, what a change does to it.</summary>
[Trait("Category", "Qemu")]
public sealed class DefinitionTests
{
    [Fact(Timeout = Limits.Test)]
    public Task A_dry_run_is_the_command_line_of_the_start_that_follows_and_stores_nothing() => Node.OfItsOwnAsync(async node =>
    {
        var file = Write(node, "cpus = 2, topology { cores = 2 }, watchdog = pause");
        var lines = (await node.CliAsync("define", "--dry-run", file)).Expect(0).Output.Split('\n');
        Assert.EndsWith("/qemu-system-x86_64", lines[0]);
        Assert.Contains("-smp 2,sockets=1,dies=1,cores=2,threads=1", lines);
        Assert.Contains("-action watchdog=pause", lines);
        Assert.Contains(lines, line => line.StartsWith("-device '{\"driver\":\"virtio-blk-pci\",\"addr\":\"0x10\",", StringComparison.Ordinal));
        var arguments = (await node.CliAsync("define", "--dry-run", file, "-o", "json")).Expect(0).Json.AsArray().Select(a => (string)a!).ToArray();
        Assert.Equal("[]\n", (await node.CliAsync("list", "-o", "json")).Expect(0).Output);
        Assert.Empty(node.World.RunDirectories());

        (await node.CliAsync("define", file)).Expect(0);
        await node.StartAsync(104);
        Assert.Equal(arguments.Skip(1), node.World.TheProcess(104).Arguments.Skip(1));
    });

    [Fact(Timeout = Limits.Test)]
    public Task A_change_of_a_running_guest_is_shown_as_pending_until_its_next_start() => Node.OfItsOwnAsync(async node =>
    {
        (await node.CliAsync("define", Write(node, "cpus = 1"))).Expect(0);
        await node.StartAsync(104);
        var shown = (await node.CliAsync("show", "web-1", "-o", "json")).Expect(0).Json;
        Assert.Matches("^pc-q35-", (string)shown["machine"]!);
        Assert.False((bool)shown["pending"]!);
        Assert.Equal("[]\n", (await node.CliAsync("diff", "web-1", "-o", "json")).Expect(0).Output);

        Assert.Equal("vm 104: takes effect at the next start\n", (await node.CliAsync("define", Write(node, "cpus = 2, nics = [ {} ]"))).Expect(0).Output);
        Assert.Contains("next start takes it (vmsup diff web-1)", (await node.CliAsync("show", "web-1")).Expect(0).Output);
        Assert.Equal(
            """
            KEY              RUNNING  NEXT
            vm.cpus          1        2
            vm.nics[0].type  -        user
            vm.nics[0].mac   -        auto
            vm.nics[0].link  -        up

            """,
            (await node.CliAsync("diff", "web-1")).Expect(0).Output);
        await node.RestartDaemonAsync();
        Assert.Equal("vm.cpus", (string)(await node.CliAsync("diff", "104", "-o", "json")).Expect(0).Json.AsArray()[0]!["key"]!);

        await node.StopAsync(104);
        await node.StartAsync(104);
        Assert.False((bool)(await node.CliAsync("show", "web-1", "-o", "json")).Expect(0).Json["pending"]!);
        Assert.Contains("2", node.World.TheProcess(104).Arguments.SkipWhile(a => a != "-smp").Skip(1).First());
    });

    [Fact(Timeout = Limits.Test)]
    public Task Every_fault_is_told_by_line_and_column_before_anything_is_asked() => Node.OfItsOwnAsync(async node =>
    {
        var file = node.Write("bad.conf", "vm {\n  id = 104, memory = 4 MiB\n  firmware = efi\n  disks = [ { path = a, cache = off } ]\n  boot = [ disk1 ]\n  topology { cores = 0 }\n}\n");
        var ended = (await node.CliAsync("define", "--dry-run", file)).Expect(2);
        Assert.Equal("", ended.Output);
        Assert.Equal(
            [
                $"{file}:3:14: vm.firmware: found efi, allowed: bios, uefi",
                $"{file}:4:33: vm.disks[0].cache: found off, allowed: writeback, none, writethrough, directsync, unsafe",
                $"{file}:5:12: vm.boot[0]: found disk1, allowed: disk0: disks and nics by their places",
                $"{file}:6:22: vm.topology.cores: found 0, allowed: a whole number from 1 to 255",
            ],
            ended.Errors.TrimEnd('\n').Split('\n'));
    });

    [Fact(Timeout = Limits.Test)]
    public Task UEFI_variables_outlive_a_stop_and_go_with_the_vm() => Node.OfItsOwnAsync(async node =>
    {
        var file = node.Write("uefi.conf", "vm { id = 9, memory = 96 MiB, accel = tcg, firmware = uefi }");
        var store = Path.Combine(node.State, "uefi", "9.vars");
        (await node.CliAsync("define", "--dry-run", file)).Expect(0);
        (await node.CliAsync("define", file)).Expect(0);
        Assert.False(File.Exists(store));
        await node.StartAsync(9);
        await Eventually.TrueAsync("the firmware has its shell", () => File.ReadAllText(node.World.FileOf(9, 1, "serial.log")).Contains("UEFI Interactive Shell"));
        await node.StopAsync(9);
        Assert.True(File.Exists(store));
        (await node.CliAsync("undefine", "9")).Expect(0);
        await Eventually.TrueAsync("its variables are gone", () => !File.Exists(store));
    });

    [Fact(Timeout = Limits.Test)]
    public Task Without_a_QEMU_a_machine_is_pinned_by_the_first_start_that_has_one() => Node.OfItsOwnAsync(
        async node =>
        {
            (await node.CliAsync("define", Write(node, "cpus = 1"))).Expect(0);
            Assert.Equal("q35", await MachineAsync(node));
            var dry = (await node.CliAsync("define", "--dry-run", Write(node, "cpus = 1"))).Expect(1);
            Assert.Contains("vm 104: it would not start: there is no QEMU at ", dry.OneError);
            await node.StopDaemonAsync();
            await node.StartDaemonAsync("vmsup.qemu.executable=qemu-system-x86_64");
            await node.StartAsync(104);
            Assert.Matches("^pc-q35-", await MachineAsync(node));
            Assert.Contains(await MachineAsync(node), node.World.TheProcess(104).Arguments);
        },
        "vmsup.qemu.executable=/no/qemu");

    private static async Task<string> MachineAsync(Node node) => (await node.ShowAsync(104)).Machine;

    private static string Write(Node node, string more)
    {
        if (!File.Exists(node.In("disk.raw")))
            File.WriteAllBytes(node.In("disk.raw"), new byte[1 << 20]);
        return node.Write("web-1.conf", $$"""
            vm {
              id = 104, name = web-1, memory = 4 MiB, accel = tcg
              bios = {{Binaries.NanoBios}}, kernel = {{Binaries.NanoKernel}}, cmdline = "hb_ms=50 hz=100"
              disks = [ { path = disk.raw, format = raw, cache = none, discard = unmap, iothread = true, serial = A-1 } ]
              {{more}}
            }
            """);
    }
}
