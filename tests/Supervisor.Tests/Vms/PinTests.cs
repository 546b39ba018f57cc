using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;
using VmSupervisor.TestKit;

namespace VmSupervisor.Supervisor.Tests.Vms;

/// <summary>What a VM is from life to life, whatever becomes of QEMU and of its definition meanwhile.</summary>
public sealed class PinTests
{
    public static TheoryData<long> Seeds => [.. Enumerable.Range(1, 10).Select(s => (long)s)];

    [Theory, MemberData(nameof(Seeds))]
    public void An_upgrade_of_QEMU_changes_no_machine_that_was_defined_before(long seed)
    {
        var node = new SimulatedNode(seed);
        var vm = node.Define(104);
        Assert.Equal("pc-q35-7.2", node.View(vm).Machine);
        node.Hypervisor.Machines["q35"] = "pc-q35-9.9";
        node.Restart();

        // The same file again, and with another change in it.
        node.Define(104);
        Assert.Equal("pc-q35-7.2", node.View(vm).Machine);
        node.Define(104, change: d => d with { Cpus = 2 });
        Assert.Equal(("pc-q35-7.2", 2), (Pin(node, vm), node.Supervisor.FindDefinition(vm)!.Cpus));

        // Another machine is asked for, or another VM is made: that is what QEMU has now.
        node.Hypervisor.Machines["pc"] = "pc-i440fx-9.9";
        node.Define(104, change: d => d with { Machine = "pc" });
        Assert.Equal("pc-i440fx-9.9", Pin(node, vm));
        Assert.Equal("pc-q35-9.9", Pin(node, node.Define(105)));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void What_could_not_be_asked_at_define_is_pinned_at_the_first_start(long seed)
    {
        var node = new SimulatedNode(seed);
        node.Hypervisor.Machines.Clear();
        var vm = node.Define(104);
        Assert.Equal((null, "q35"), (Pin(node, vm), node.View(vm).Machine));
        node.Hypervisor.Machines["q35"] = "pc-q35-8.1";
        Assert.Equal(OperationStatus.Succeeded, node.Do(vm, new VmCommand.Start()).Status);
        Assert.Equal(("pc-q35-8.1", "pc-q35-8.1"), (Pin(node, vm), node.Supervisor.FindRunningDefinition(vm)!.PinnedMachine));
        Assert.False(node.View(vm).Pending);

        // Whoever runs keeps what it has.
        node.Hypervisor.Machines["q35"] = "pc-q35-9.9";
        node.Do(vm, new VmCommand.Start());
        Assert.Equal("pc-q35-8.1", Pin(node, vm));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_versioned_machine_is_its_own_and_a_pin_that_was_given_is_kept(long seed)
    {
        var node = new SimulatedNode(seed);
        Assert.Null(Pin(node, node.Define(1, change: d => d with { Machine = "pc-q35-5.0" })));
        Assert.Equal("pc-q35-6.0", Pin(node, node.Define(2, change: d => d with { PinnedMachine = "pc-q35-6.0" })));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_change_of_a_running_vm_waits_for_its_next_life(long seed)
    {
        var node = new SimulatedNode(seed);
        var vm = node.Define(104);
        node.Do(vm, new VmCommand.Start());
        Assert.False(node.View(vm).Pending);
        node.Define(104, change: d => d with { Cpus = 4 });
        Assert.True(node.View(vm).Pending);
        Assert.Equal([new("vm.cpus", "1", "4")], Diff(node, vm));
        node.Restart();
        Assert.True(node.View(vm).Pending);
        node.Do(vm, new VmCommand.Stop());
        Assert.Equal((false, null), (node.View(vm).Pending, node.Supervisor.FindRunningDefinition(vm)));
        node.Do(vm, new VmCommand.Start());
        Assert.Equal((false, 4), (node.View(vm).Pending, node.Supervisor.FindRunningDefinition(vm)!.Cpus));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void What_is_kept_for_a_vm_goes_when_it_is_undefined_also_when_the_supervisor_is_killed_then(long seed)
    {
        var node = new SimulatedNode(seed);
        var vm = node.Define(104);
        node.Do(vm, new VmCommand.Start());
        node.Do(vm, new VmCommand.Stop());
        node.Hypervisor.Forgotten.Clear();
        node.Restart();
        Assert.Empty(node.Hypervisor.Forgotten);
        node.Do(vm, new VmCommand.Undefine());
        node.RunUntil(() => node.Hypervisor.Forgotten.Count > 0);
        node.Hypervisor.Forgotten.Clear();
        node.Restart();
        node.RunUntil(() => node.Hypervisor.Forgotten.Count > 0);
        Assert.Equal([vm], node.Hypervisor.Forgotten);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_vm_that_is_defined_anew_starts_only_when_the_old_one_is_forgotten(long seed)
    {
        var node = new SimulatedNode(seed);
        var vm = node.Define(104);
        var forgetting = new TaskCompletionSource();
        node.Hypervisor.OnForget = () => forgetting.Task;
        node.Do(vm, new VmCommand.Undefine());
        node.Define(104);
        var start = node.Submit(vm, new VmCommand.Start());
        node.RunUntil(() => start.IsCompleted);
        node.Dispatcher.RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal(("Starting", 0), (node.View(vm).State, node.Hypervisor.Processes.Count));
        forgetting.SetResult();
        node.RunUntil(() => node.View(vm).State == "Running");
    }

    private static string? Pin(SimulatedNode node, VmId vm) => node.Supervisor.FindDefinition(vm)!.PinnedMachine;

    private static ValueList<DefinitionChange> Diff(SimulatedNode node, VmId vm) =>
        DefinitionDiff.Between(node.Supervisor.FindRunningDefinition(vm)!, node.Supervisor.FindDefinition(vm)!);
}
