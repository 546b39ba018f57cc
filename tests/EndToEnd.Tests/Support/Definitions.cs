using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.EndToEnd.Tests.Support;

/// <summary>Definitions of VMs for tests.</summary>
internal static class Definitions
{
    /// <summary>The small guest: its first heartbeat comes some 30 ms after its start.</summary>
    public static VmDefinition Nano(int id, string cmdline = "hb_ms=50 hz=100") => new()
    {
        Id = new VmId(id),
        Name = $"nano-{id}",
        Memory = 4 << 20,
        Accel = Accelerator.Tcg,
        Bios = Binaries.NanoBios,
        Kernel = Binaries.NanoKernel,
        Cmdline = cmdline,
    };

    public static VmDefinition WithHook(this VmDefinition definition, Node node) => definition with { Hooks = [node.Hook] };

    public static async Task DefineAsync(this Node node, VmDefinition definition) =>
        await node.DoAsync(definition.Id.Value, new VmCommand.Define(definition));
}
