using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;
using VmSupervisor.TestKit;

namespace VmSupervisor.Supervisor.Tests.Vms;

/// <summary>The production actors over a simulated host: control groups in the plan, and what a definition cannot have here.</summary>
public sealed class LimitedVmTests
{
    public static TheoryData<long> Seeds => [.. Enumerable.Range(1, 10).Select(s => (long)s)];

    [Theory, MemberData(nameof(Seeds))]
    public void A_vm_with_limits_has_a_control_group_that_goes_right_before_its_run_directory(long seed)
    {
        var node = new SimulatedNode(seed);
        var vm = node.Define(104, change: d => d with { CpuLimit = 1.5m });
        node.Do(vm, new VmCommand.Start());
        Assert.Equal("run-directory cgroup disk0", node.History(vm).Single(e => e.Type == "start-accepted").Data["plan"]);
        Assert.Empty(node.View(vm).Problems);

        node.Do(vm, new VmCommand.Stop());
        Assert.Equal(["disk0", "cgroup", "run-directory"], node.Resources.Released.Select(r => r.Step));

        node.Define(104);
        node.Do(vm, new VmCommand.Start());
        Assert.Equal("run-directory disk0", node.History(vm).Last(e => e.Type == "start-accepted").Data["plan"]);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Limits_without_effect_are_said_once_for_each_supervisor_as_long_as_the_life_lasts(long seed)
    {
        const string remark = "cpu-limit has no effect on this host: there is no controller cpu in /sys/fs/cgroup";
        var node = new SimulatedNode(seed);
        node.Resources.RemarkOf = _ => remark;
        var vm = node.Define(104, change: d => d with { CpuLimit = 1.5m });
        Assert.Equal(OperationStatus.Succeeded, node.Do(vm, new VmCommand.Start()).Status);
        Assert.Equal([remark], node.View(vm).Problems);

        node.Restart();
        node.RunUntil(() => node.View(vm).Problems.Count > 0);
        Assert.Equal([remark], node.View(vm).Problems);
        Assert.Equal(2, node.History(vm).Count(e => e.Type == "problem-noted"));

        node.Do(vm, new VmCommand.Stop());
        Assert.Empty(node.View(vm).Problems);
    }

    [Theory]
    [InlineData(256L << 20, true)]
    [InlineData(null, false)]
    public void A_crash_for_want_of_memory_is_told_where_there_is_a_limit(long? limit, bool told)
    {
        var node = new SimulatedNode(1);
        node.Resources.WhyKilledOf = _ => "it reached its memory-limit";
        var vm = node.Define(104, change: d => d with { MemoryLimit = limit });
        node.Do(vm, new VmCommand.Start());
        node.Hypervisor.Kill(node.Hypervisor.Processes.Single());
        node.RunUntil(() => node.View(vm).State == "CleanedUp");
        Assert.Equal("crash", node.View(vm).Cause);
        Assert.Equal(told ? ["problem=QEMU: it reached its memory-limit"] : [], node.History(vm).Where(e => e.Type == "problem-noted").Select(e => string.Join(",", e.Data.Select(d => $"{d.Key}={d.Value}"))));
    }

    [Fact]
    public void A_run_directory_that_is_too_deep_for_sockets_is_refused_at_define_with_the_remedy()
    {
        var node = new SimulatedNode(1, runDirectory: "/run/" + new string('x', 66));
        var definition = new VmDefinition { Id = new(104), Name = "a", Memory = 1 << 20 };
        Assert.Equal(OperationStatus.Succeeded, node.Do(new(104), new VmCommand.Define(definition)).Status);

        var refused = node.Do(new(123456789), new VmCommand.Define(definition with { Id = new(123456789) }));
        Assert.Equal((OperationStatus.Refused, ProblemKind.Invalid), (refused.Status, refused.Problem!.Kind));
        Assert.Matches(
            "the run directory's path is too long for sockets: /run/x+/vms/123456789/999999999/monitor.sock has 108 bytes, allowed are 107 \\(--run-dir\\)",
            refused.Problem!.Detail);
        Assert.Null(node.Supervisor.Find("123456789"));
    }
}
