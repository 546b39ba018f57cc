using System.Text.Json.Serialization;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Contracts;

/// <summary>What somebody may do; each may do all that the one before may.</summary>
[JsonConverter(typeof(EnumJsonConverter<Role>))]
public enum Role
{
    /// <summary>Look, and change nothing.</summary>
    Viewer,

    /// <summary>Begin, end and back up the lives of VMs that others have defined.</summary>
    Operator,

    /// <summary>Everything: whoever defines VMs can have QEMU's user do anything on the host.</summary>
    Admin,
}
