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

    /// <summary>Whether QEMU gives up system calls.</summary>
    public bool Sandbox { get; init; }

    /// <summary>Its firmware; null for a guest without UEFI.</summary>
    public UefiFiles? Uefi { get; init; }
}

/// <summary>The files of UEFI firmware.</summary>
/// <param name="Code">What all guests share and none writes.</param>
/// <param name="Variables">The VM's own variable store.</param>
internal sealed record UefiFiles(string Code, string Variables);
