using VmSupervisor.Contracts;

namespace VmSupervisor.Domain;

/// <summary>A wish that was accepted, until it ends.</summary>
/// <param name="Id">The caller's name for it.</param>
/// <param name="Kind">The command's name.</param>
/// <param name="By">Who asked.</param>
/// <param name="At">When.</param>
/// <param name="Fingerprint">What exactly was asked, so that the same id with another content is noticed.</param>
internal sealed record Operation(OperationId Id, string Kind, string By, DateTimeOffset At, string Fingerprint);

/// <summary>How an operation ended.</summary>
internal enum Ending
{
    Succeeded,
    Failed,
    TimedOut,

    /// <summary>Another command took its place.</summary>
    Superseded,

    /// <summary>Given up on request.</summary>
    Cancelled,

    /// <summary>It cannot be done as things stand, found out after it was accepted.</summary>
    Refused,
}

/// <summary>Why a wish is refused.</summary>
internal enum Refusal
{
    NotFound,

    /// <summary>The VM's state does not allow it.</summary>
    Conflict,
}
