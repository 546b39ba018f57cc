using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Qemu.CommandLine;

/// <summary>All that the command line depends on, and nothing else: the same plan gives the same arguments.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Definition">The VM.</param>
/// <param name="Files">Its run directory.</param>
/// <param name="UseKvm">The accelerator, decided.</param>
internal sealed record LaunchPlan(string Node, VmDefinition Definition, RunFiles Files, bool UseKvm)
{
    /// <summary>What was acquired for it.</summary>
    public BackEnds BackEnds { get; init; } = BackEnds.None;
}
