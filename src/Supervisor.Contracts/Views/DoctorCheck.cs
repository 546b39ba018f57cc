using System.Text.Json.Serialization;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Contracts.Views;

/// <summary>One thing of a node that was looked at. The field names are fixed.</summary>
/// <param name="Check">Which: <c>qemu</c>, <c>journal</c>, …</param>
/// <param name="Status">How it is.</param>
/// <param name="Found">What was found, in one line for a person.</param>
/// <param name="Remedy">What to do, in one line; null when there is nothing to do.</param>
public sealed record DoctorCheck(string Check, DoctorStatus Status, string Found, string? Remedy);

/// <summary>How a thing is that was looked at.</summary>
[JsonConverter(typeof(EnumJsonConverter<DoctorStatus>))]
public enum DoctorStatus
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>VMs can run, but something is missing or will be.</summary>
    Warning,

    /// <summary>VMs cannot run, or cannot run safely.</summary>
    Failed,
}
