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
