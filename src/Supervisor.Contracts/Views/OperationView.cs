using System.Text.Json.Serialization;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Contracts.Views;

/// <summary>One command that was given to a VM, and what became of it.</summary>
/// <param name="Id">The caller's id for it.</param>
/// <param name="Vm">The VM.</param>
/// <param name="Kind">The command's name: <c>start</c>, <c>stop</c>, …</param>
/// <param name="Status">Where it stands.</param>
/// <param name="By">Who asked.</param>
/// <param name="RequestedAt">When it was asked.</param>
/// <param name="EndedAt">When it ended; null while it runs.</param>
/// <param name="Problem">Why it did not succeed; null while it runs and when it succeeded.</param>
/// <param name="Note">What a person may want to know about a success, such as "already running".</param>
public sealed record OperationView(
    OperationId Id, VmId Vm, string Kind, OperationStatus Status, string By, DateTimeOffset RequestedAt, DateTimeOffset? EndedAt,
    Problem? Problem, string? Note)
{
    /// <summary>How far it has come, when it can tell.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OperationProgress? Progress { get; init; }

    /// <summary>Whether it has ended.</summary>
    [JsonIgnore]
    public bool Ended => Status != OperationStatus.Running;
}

/// <summary>How far an operation has come.</summary>
/// <param name="Done">Bytes that are done.</param>
/// <param name="Total">Bytes in all, as far as is known; it may grow.</param>
public sealed record OperationProgress(long Done, long Total)
{
    /// <summary>What QEMU says of a migration; null for everything else.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MigrationProgressView? Migration { get; init; }
}

/// <summary>How far QEMU is with sending a guest.</summary>
/// <param name="Transferred">Bytes that were sent.</param>
/// <param name="Remaining">Bytes of memory that are still to go; it grows where the guest writes faster than it is sent.</param>
/// <param name="BytesPerSecond">As of QEMU's last measurement.</param>
/// <param name="DirtyPagesPerSecond">How many pages the guest writes to, as of the last time through its memory.</param>
/// <param name="ExpectedDowntime">How long the guest would stand still if it changed over now, by QEMU's estimate.</param>
/// <param name="Iterations">How often its memory was gone through.</param>
/// <param name="Throttle">How much of its CPU time it is denied, in percent; 0 unless <c>auto-converge</c> slows it down.</param>
public sealed record MigrationProgressView(
    long Transferred, long Remaining, long BytesPerSecond, long DirtyPagesPerSecond, TimeSpan ExpectedDowntime, long Iterations, int Throttle);

/// <summary>Where an operation stands.</summary>
[JsonConverter(typeof(EnumJsonConverter<OperationStatus>))]
public enum OperationStatus
{
    /// <summary>Under way.</summary>
    Running,

    /// <summary>Done.</summary>
    Succeeded,

    /// <summary>Tried, and not done.</summary>
    Failed,

    /// <summary>Another command took its place.</summary>
    Superseded,

    /// <summary>Given up on request.</summary>
    Cancelled,

    /// <summary>
    /// Not tried: the VM's state does not allow it. Mostly that is known at once; a start of a VM that is believed to run is
    /// accepted, and may be refused when the look at its process finds one that does not answer.
    /// </summary>
    Refused,
}

/// <summary>Why something was not done, for the person who reads it.</summary>
/// <param name="Kind">The stable kind that programs test.</param>
/// <param name="Detail">One line: what was asked, what was found, what to do.</param>
public sealed record Problem(ProblemKind Kind, string Detail);

/// <summary>The stable kinds of problems; CLI exit codes and HTTP problem types follow from them.</summary>
[JsonConverter(typeof(EnumJsonConverter<ProblemKind>))]
public enum ProblemKind
{
    /// <summary>It was tried and failed (exit 1).</summary>
    Failed,

    /// <summary>The request itself is wrong (exit 2).</summary>
    Invalid,

    /// <summary>There is no such VM or operation (exit 3).</summary>
    NotFound,

    /// <summary>The VM's state does not allow it, or the operation id was used for something else (exit 4).</summary>
    Conflict,

    /// <summary>The journal cannot take it, or the node is starting or stopping (exit 5).</summary>
    Unavailable,

    /// <summary>It took longer than was allowed (exit 6).</summary>
    TimedOut,

    /// <summary>The caller may not do this (exit 7).</summary>
    Forbidden,
}

/// <summary>The node itself.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">The supervisor's version.</param>
/// <param name="Ready">Whether all VMs are recovered.</param>
/// <param name="Vms">How many VMs it knows.</param>
/// <param name="Position">The position of the newest event that subscribers have been shown; 0 before the first.</param>
/// <param name="Problems">What needs a person; a line each.</param>
public sealed record NodeView(string Name, string Version, bool Ready, int Vms, long Position, ValueList<string> Problems);
