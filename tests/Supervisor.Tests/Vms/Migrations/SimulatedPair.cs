using VmSupervisor.Actors.TestKit;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Migration.Conversations;
using VmSupervisor.TestKit;

namespace VmSupervisor.Supervisor.Tests.Vms.Migrations;

/// <summary>Two whole nodes that know each other, in virtual time, and a VM that runs on the first.</summary>
internal sealed class SimulatedPair
{
    private readonly VmId _vm = new(7);

    public SimulatedPair(long seed = 1, ConversationSettings? conversation = null, bool hooks = true, bool apart = false)
    {
        Site = new SimulatedSite(new SteppableDispatcher(seed)) { Conversation = conversation ?? new() };
        A = new SimulatedNode(seed, site: Site, name: "a", peers: ["b"], runDirectory: "/run/a", storage: apart ? new SimulatedStorage() : null);
        B = new SimulatedNode(seed + 1, site: Site, name: "b", peers: ["a"], runDirectory: "/run/b", storage: apart ? new SimulatedStorage() : null);
        A.Images.Add($"/images/{_vm}.qcow2");
        A.Define(_vm.Value, hooks);
        Assert.Equal(OperationStatus.Succeeded, A.Do(_vm, new VmCommand.Start()).Status);
        A.Dispatcher.RunFor(TimeSpan.FromSeconds(5));
    }

    public VmId Vm => _vm;

    public SimulatedSite Site { get; }

    public SimulatedNode A { get; }

    public SimulatedNode B { get; }

    public SteppableDispatcher Dispatcher => A.Dispatcher;

    /// <summary>Every QEMU on both nodes whose CPUs run.</summary>
    public int Running => A.Hypervisor.Living.Concat(B.Hypervisor.Living).Count(p => !p.IsHelper && p.Guest == GuestState.Running);

    public OperationView Migrate(VmCommand.Migrate? command = null) => A.Do(_vm, command ?? new("b"));

    /// <summary>Begins to migrate, and runs until an event of one of the nodes.</summary>
    public Task<OperationView> MigrateUntil(SimulatedNode node, string type, VmCommand.Migrate? command = null)
    {
        var migrating = A.Submit(_vm, command ?? new("b"), "move");
        RunUntil(node, type);
        return migrating;
    }

    public void RunUntil(SimulatedNode node, string type) => node.RunUntil(
        () => node.JournaledAfter(0).Any(e => VmSupervisor.Vms.Views.HistoryEntries.Of(e.Event, e.Version).Type == type), TimeSpan.FromMinutes(2));

    /// <summary>Lets everything come to rest, and looks whether the VM runs once, on this node.</summary>
    public void AssertRunsOnlyOn(SimulatedNode home)
    {
        home.RunUntil(() => home.Supervisor.Find(_vm.ToString()) is { State: "Running", Guest: "running", Activity: null }, TimeSpan.FromMinutes(2));
        Dispatcher.RunFor(TimeSpan.FromSeconds(20));
        Assert.Equal(1, Running);
        Assert.Equal("running", home.View(_vm).Guest);
        Assert.Empty(home.View(_vm).Problems);
        var other = home == A ? B : A;
        Assert.Empty(other.Hypervisor.Living);
        Assert.Empty(other.Resources.Held);
        Assert.Empty(A.Supervisor.Operations());
        Assert.Empty(B.Supervisor.Operations());
    }

    public void Cut() => Site.Network.Cut("a", "b");

    public void Mend() => Site.Network.Mend("a", "b");

    /// <summary>The hooks that ran on a node, as phase and cause.</summary>
    public static IEnumerable<string> HooksOf(SimulatedNode node) => node.Hooks.Log.Select(r => $"{r.Phase} {r.Cause}");
}
