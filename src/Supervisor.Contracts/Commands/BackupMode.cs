using System.Text.Json.Serialization;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Contracts.Commands;

/// <summary>How the moment of a backup comes about.</summary>
[JsonConverter(typeof(EnumJsonConverter<BackupMode>))]
public enum BackupMode
{
    /// <summary>The guest is not disturbed; its file systems are frozen for the moment if it has an agent.</summary>
    Snapshot,

    /// <summary>The guest's CPUs are stopped for the moment.</summary>
    Suspend,

    /// <summary>The guest is shut down, and started again as soon as the copying has begun.</summary>
    Stop,
}
