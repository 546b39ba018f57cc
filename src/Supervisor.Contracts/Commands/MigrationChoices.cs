using System.Text.Json.Serialization;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Contracts.Commands;

/// <summary>Which way a guest is sent to another node.</summary>
[JsonConverter(typeof(EnumJsonConverter<MigrationTransport>))]
public enum MigrationTransport
{
    /// <summary>Directly where the target has an address for that and is on another machine, else through the nodes' own connection.</summary>
    Auto,

    /// <summary>From QEMU to QEMU over TCP, to a port of the target's range.</summary>
    Direct,

    /// <summary>Through the nodes' own connection; it does not survive a restart of either daemon.</summary>
    Tunnel,
}

/// <summary>What becomes of the disks of a VM that is sent.</summary>
[JsonConverter(typeof(EnumJsonConverter<MigrationStorage>))]
public enum MigrationStorage
{
    /// <summary>Both nodes have them under the same path; that is found out before anything begins, and refused where it is not so.</summary>
    Detect,

    /// <summary>Both nodes have them, as whoever asks knows; if that is wrong, the guest runs on other disks.</summary>
    Shared,

    /// <summary>They are copied to the target while the guest runs; the source's images go when it runs there.</summary>
    Move,
}

/// <summary>Where a disk is put at the target.</summary>
/// <param name="Source">Its path at the source, absolute.</param>
/// <param name="Target">Its path at the target, absolute.</param>
public sealed record DiskMove(string Source, string Target);

/// <summary>What becomes of a migration that takes too long.</summary>
[JsonConverter(typeof(EnumJsonConverter<LateMigration>))]
public enum LateMigration
{
    /// <summary>It is given up; the guest stays where it is and has never stood still for it.</summary>
    Abort,

    /// <summary>The guest may stand still for as long as the rest of it takes.</summary>
    StopAndCopy,
}

/// <summary>Which node of a migration counts as lost for good.</summary>
[JsonConverter(typeof(EnumJsonConverter<LostNode>))]
public enum LostNode
{
    /// <summary>The one that it was sent to: the guest stays here.</summary>
    Target,

    /// <summary>The one that it came from: the guest runs here.</summary>
    Source,
}
