using System.Globalization;
using VmSupervisor.Client;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>Limits of memory and CPU time as the kernel enforces them on this host.</summary>
[Trait("Category", "Qemu")]
[Trait("needs", "root")]
public sealed class LimitTests
{
    private const int Vm = 7;

    [Fact(Timeout = Limits.Test)]
    public Task Qemu_is_alone_in_a_group_that_has_the_limits_and_is_held_to_them() => Node.OfItsOwnAsync(async node =>
    {
        // A guest that never idles, and less than its share even when many others want the CPUs of this host.
        await node.DefineAsync(Definitions.Nano(Vm) with { MemoryLimit = 200 << 20, CpuLimit = 0.02m });
        await node.StartAsync(Vm);

        var pid = node.World.TheProcess(Vm).Pid;
        var groups = node.Devices.CgroupsOfLives();
        Assert.All(groups, group => Assert.Equal($"{pid}\n", File.ReadAllText(Path.Combine(group, "cgroup.procs"))));
        Assert.Equal($"{200 << 20}", Find(groups, "memory.max", "memory.limit_in_bytes"));
        Assert.Equal("2000", Find(groups, "cpu.max", "cpu.cfs_quota_us").Split(' ')[0]);
        await Eventually.TrueAsync("it is held up", () => Find(groups, "cpu.stat").Split('\n').Any(IsThrottled));
        Assert.Empty((await node.ShowAsync(Vm)).Problems);

        await node.RestartDaemonAsync();
        Assert.Empty((await node.ShowAsync(Vm)).Problems);
        await node.StopAsync(Vm);
        Assert.Empty(node.Devices.Cgroups());
    });

    [Fact(Timeout = Limits.Test)]
    public Task It_begins_in_its_group() => Node.OfItsOwnAsync(
        async node =>
        {
            await node.DefineAsync(Definitions.Nano(Vm) with { MemoryLimit = 200 << 20, CpuLimit = 2 });
            await Assert.ThrowsAsync<VmsupException>(() => node.StartAsync(Vm));

            var begun = File.ReadAllLines(Path.Combine(node.Run, "groups")).Where(line => line.EndsWith($"/vmsup-{node.Name}/{Vm}-1", StringComparison.Ordinal));
            Assert.Equal(File.Exists("/sys/fs/cgroup/cgroup.controllers") ? 1 : 2, begun.Count());
        },
        $"vmsup.qemu.executable={Binaries.Fake("tells-its-groups")}");

    [Fact(Timeout = Limits.Test)]
    public Task A_qemu_that_takes_more_memory_than_its_limit_is_killed_by_the_kernel_and_leaves_nothing() => Node.OfItsOwnAsync(async node =>
    {
        await node.DefineAsync(Definitions.Nano(Vm).WithHook(node) with
        {
            MemoryLimit = 64 << 20,
            QemuArgs = ["-object", "memory-backend-ram,id=more,size=256M,prealloc=on"],
        });

        var failed = (await node.CliAsync("start", $"{Vm}")).Expect(1);

        Assert.Contains("signal 9", failed.OneError);
        Assert.Contains("the kernel killed it because it reached its memory-limit", failed.OneError);
        Assert.Empty(node.World.Processes());
        Assert.Empty(node.Devices.Cgroups());
    });

    [Fact(Timeout = Limits.Test)]
    public Task Where_no_group_can_be_made_a_vm_runs_without_limits_and_its_view_and_the_log_say_so_once() => Node.OfItsOwnAsync(
        async node =>
        {
            await node.DefineAsync(Definitions.Nano(Vm) with { MemoryLimit = 200 << 20, CpuLimit = 1 });
            for (var daemon = 1; daemon <= 2; daemon++)
            {
                if (daemon == 1)
                    await node.StartAsync(Vm);
                else
                    await node.RestartDaemonAsync();
                await Eventually.TrueAsync("the view says so", () => node.ShowAsync(Vm).GetAwaiter().GetResult().Problems.Count > 0);
                var problem = Assert.Single((await node.ShowAsync(Vm)).Problems);
                Assert.StartsWith("memory-limit and cpu-limit have no effect on this host: ", problem);
                Assert.Single(node.Daemon.Log.Split('\n'), line => line.Contains("have no effect on this host"));
            }

            await node.SerialOf(Vm, 1).BeatsOnAsync();
            await node.StopAsync(Vm);
            Assert.Empty((await node.ShowAsync(Vm)).Problems);
        },
        "vmsup.cgroup.parent=/cgroup.procs");

    private static string Find(IReadOnlyList<string> groups, params string[] names) =>
        groups.SelectMany(group => names.Select(name => Path.Combine(group, name))).Where(File.Exists).Select(File.ReadAllText).First().TrimEnd('\n');

    private static bool IsThrottled(string line) =>
        line.Split(' ') is ["nr_throttled", var times] && int.Parse(times, CultureInfo.InvariantCulture) > 0;
}
