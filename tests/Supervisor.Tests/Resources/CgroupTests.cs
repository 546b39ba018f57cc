using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Resources;
using VmSupervisor.Resources.Cgroups;
using VmSupervisor.Supervisor.Tests.Qemu;

namespace VmSupervisor.Supervisor.Tests.Resources;

/// <summary>Both versions of control groups; on the real one of this host there are end-to-end tests.</summary>
public sealed class CgroupTests : IDisposable
{
    private const string Service = "/system.slice/vmsupd.service";
    private static readonly Step.Cgroup Both = new(700L << 20, 1.5m);
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task In_version_2_the_groups_are_beside_the_daemons_own_and_have_both_limits()
    {
        var host = Version2();
        var cgroups = host.Of();
        const string group = "/cg/system.slice/vmsup-n/7-3";

        var grant = cgroups.Acquire(Key(7, 3), Both);

        Assert.Equal([$"{group}/cgroup.procs"], grant.Entries);
        Assert.Null(grant.Remark);
        Assert.Equal(("734003200", "150000 100000"), (host[$"{group}/memory.max"], host[$"{group}/cpu.max"]));
        Assert.Equal(group, Assert.Single(host.Groups, g => g.Contains("7-3")));

        await cgroups.ReleaseAsync(Key(7, 3), CancellationToken.None);
        Assert.DoesNotContain(host.Groups, g => g.Contains("vmsup-n"));
        await cgroups.ReleaseAsync(Key(7, 3), CancellationToken.None);
        Assert.Empty(Directory.GetFiles(directory.Path, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(true, "memory.events", "low 0\nhigh 0\nmax 12\noom 1\noom_kill 1\n")]
    [InlineData(false, "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n")]
    public async Task Until_it_is_released_it_tells_whether_the_kernel_killed_for_memory(bool unified, string file, string counted)
    {
        var host = unified ? Version2() : new FakeCgroups(unified: false, "5:memory:/\n4:cpu:/\n");
        var cgroups = host.Of();
        Assert.Null(cgroups.WhyKilled(Key(7, 3)));
        var group = Path.GetDirectoryName(cgroups.Acquire(Key(7, 3), Both).Entries[0])!;
        Assert.Null(cgroups.WhyKilled(Key(7, 3)));
        host[$"{group}/{file}"] = counted.Replace("oom_kill 1", "oom_kill 0", StringComparison.Ordinal);
        Assert.Null(cgroups.WhyKilled(Key(7, 3)));
        host[$"{group}/{file}"] = counted;
        Assert.Equal("the kernel killed it because it reached its memory-limit", cgroups.WhyKilled(Key(7, 3)));
        await cgroups.ReleaseAsync(Key(7, 3), CancellationToken.None);
        Assert.Null(cgroups.WhyKilled(Key(7, 3)));
    }

    [Fact]
    public async Task In_version_1_each_controller_has_its_own_group_within_the_daemons_own()
    {
        var host = new FakeCgroups(unified: false, "5:memory:/a/b\n4:cpu,cpuacct:/\n0::/\n", "/cg/memory/a", "/cg/memory/a/b");
        var cgroups = host.Of();
        const string memory = "/cg/memory/a/b/vmsup-n/7-3", cpu = "/cg/cpu/vmsup-n/7-3";

        var grant = cgroups.Acquire(Key(7, 3), Both);

        Assert.Equal([$"{memory}/cgroup.procs", $"{cpu}/cgroup.procs"], grant.Entries);
        Assert.Equal("734003200", host[$"{memory}/memory.limit_in_bytes"]);
        Assert.Equal(("100000", "150000"), (host[$"{cpu}/cpu.cfs_period_us"], host[$"{cpu}/cpu.cfs_quota_us"]));
        await cgroups.ReleaseAsync(Key(7, 3), CancellationToken.None);
        Assert.DoesNotContain(host.Groups, g => g.Contains("vmsup-n"));
    }

    [Fact]
    public void In_a_container_whose_own_group_is_named_as_outside_of_it_they_are_at_the_top()
    {
        var host = new FakeCgroups(unified: false, "5:memory:/docker/abc\n4:cpu:/docker/abc\n");
        Assert.Equal("/cg/memory/vmsup-n/7-1/cgroup.procs", Assert.Single(host.Of().Acquire(Key(7, 1), new(1 << 30, null)).Entries));
    }

    [Fact]
    public void They_are_where_the_configuration_says()
    {
        Assert.Equal(["/cg/vms/a/vmsup-n/7-1/cgroup.procs"], Version2().Of("/vms/a").Acquire(Key(7, 1), Both).Entries);
    }

    [Fact]
    public async Task The_nodes_group_stays_as_long_as_a_vm_has_one_and_a_daemon_elsewhere_still_finds_it()
    {
        var host = Version2();
        host.Of().Acquire(Key(7, 1), Both);
        host.Of().Acquire(Key(8, 1), Both);
        host[FakeCgroups.Self] = "0::/user.slice/a.scope\n";

        await host.Of().ReleaseAsync(Key(7, 1), CancellationToken.None);
        Assert.Contains("/cg/system.slice/vmsup-n/8-1", host.Groups);
        await host.Of().ReleaseAsync(Key(8, 1), CancellationToken.None);
        Assert.DoesNotContain(host.Groups, g => g.Contains("vmsup-n"));
    }

    [Fact]
    public async Task Without_a_controller_its_limit_has_no_effect_the_other_has_and_the_vm_starts()
    {
        var host = Version2();
        host.Without("cpu");

        var grant = host.Of().Acquire(Key(7, 1), Both);

        Assert.Equal("cpu-limit has no effect on this host: there is no controller cpu in /cg", grant.Remark);
        Assert.Equal(grant.Remark, Cgroups.Remark(Key(7, 1)));
        Assert.Equal("734003200", host["/cg/system.slice/vmsup-n/7-1/memory.max"]);
        await host.Of().ReleaseAsync(Key(7, 1), CancellationToken.None);
        Assert.DoesNotContain(host.Groups, g => g.Contains("vmsup-n"));
    }

    [Fact]
    public void Where_none_can_be_made_neither_limit_has_an_effect_and_one_line_says_why()
    {
        var host = Version2();
        host.MakeFails = _ => "Read-only file system";
        var grant = host.Of().Acquire(Key(7, 1), Both);
        Assert.Empty(grant.Entries);
        Assert.Equal("memory-limit and cpu-limit have no effect on this host: Read-only file system", grant.Remark);

        host = Version2();
        host["/cg/system.slice/cgroup.procs"] = "4711\n";
        Assert.Equal(
            "cpu-limit has no effect on this host: /cg/system.slice does not hand on the controller cpu: Device or resource busy",
            host.Of().Acquire(Key(7, 2), new(null, 1)).Remark);
    }

    [Fact]
    public async Task What_is_in_a_group_and_not_ours_is_named_and_left_alone()
    {
        var host = Version2();
        var cgroups = host.Of();
        cgroups.Acquire(Key(7, 1), Both);
        const string procs = "/cg/system.slice/vmsup-n/7-1/cgroup.procs";
        host[procs] = "1\n";

        var busy = await Assert.ThrowsAsync<ResourceException>(() => cgroups.ReleaseAsync(Key(7, 1), CancellationToken.None));
        Assert.Matches(@"^/cg/system.slice/vmsup-n/7-1 still has processes, which are not QEMU: 1 \(.+\); end them$", busy.Message);
        host[procs] = "";
        await cgroups.ReleaseAsync(Key(7, 1), CancellationToken.None);
        Assert.DoesNotContain(host.Groups, g => g.Contains("vmsup-n"));
    }

    [Fact]
    public async Task A_group_that_others_are_in_already_is_neither_entered_nor_removed()
    {
        var host = Version2("/cg/system.slice/vmsup-n", "/cg/system.slice/vmsup-n/7-1");
        host["/cg/system.slice/vmsup-n/7-1/cgroup.procs"] = "1\n";
        var cgroups = host.Of();

        var refused = Assert.Throws<ResourceException>(() => cgroups.Acquire(Key(7, 1), Both));
        Assert.Contains("has processes already, which are not of this VM: 1 (", refused.Message);
        await cgroups.ReleaseAsync(Key(7, 1), CancellationToken.None);
        Assert.Contains("/cg/system.slice/vmsup-n/7-1", host.Groups);
    }

    [Fact]
    public async Task A_note_that_was_cut_off_leads_to_nobody_elses_group()
    {
        var host = Version2();
        new CgroupNote("", ["/cg/system.sl"]).Write(Key(7, 1));
        await host.Of().ReleaseAsync(Key(7, 1), CancellationToken.None);
        new CgroupNote("", ["/cg/system.slice"]).Write(Key(7, 1));
        await host.Of().ReleaseAsync(Key(7, 1), CancellationToken.None);
        Assert.Contains("/cg/system.slice", host.Groups);
    }

    private static FakeCgroups Version2(params string[] more) =>
        new(unified: true, $"0::{Service}\n", ["/cg/system.slice", $"/cg{Service}", "/cg/vms", .. more]);

    private ProcessKey Key(int vm, long incarnation) => new(new VmId(vm), new Incarnation(incarnation), directory[$"{vm}/{incarnation}"]);
}
