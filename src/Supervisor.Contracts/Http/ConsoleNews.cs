using System.Text.Json.Serialization;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Contracts.Http;

/// <summary>What a console says beside the guest's output: a text frame among the binary ones.</summary>
/// <param name="Kind">What it is about.</param>
public sealed record ConsoleNews(ConsoleNewsKind Kind)
{
    /// <summary>The life that was attached to or has ended; 0 otherwise.</summary>
    public Incarnation Incarnation { get; init; }

    /// <summary>Whether what is typed reaches the guest.</summary>
    public bool Writable { get; init; }

    /// <summary>Who writes; null when nobody does.</summary>
    public string? Writer { get; init; }

    /// <summary>Where the next byte of output is (opaque, <c>FILE:OFFSET</c>): add what came since, and go on there.</summary>
    public string? Place { get; init; }

    /// <summary>How many bytes: of what was printed before (attached), or what this reader has missed; null when unknown.</summary>
    public long? Bytes { get; init; }

    /// <summary>Why it ended, a line for a person; null unless it did.</summary>
    public string? Reason { get; init; }

    /// <summary>The output goes on in another file.</summary>
    public static ConsoleNews OfMoved(string place) => new(ConsoleNewsKind.Moved) { Place = place };

    /// <summary>Output was lost.</summary>
    public static ConsoleNews OfLost(long? bytes, string place) => new(ConsoleNewsKind.Lost) { Bytes = bytes, Place = place };
}

/// <summary>What a <see cref="ConsoleNews"/> is about.</summary>
[JsonConverter(typeof(EnumJsonConverter<ConsoleNewsKind>))]
public enum ConsoleNewsKind
{
    /// <summary>The console of an incarnation is open; its output follows, first what was printed before.</summary>
    Attached,

    /// <summary>The output goes on in another file; nothing is missing.</summary>
    Moved,

    /// <summary>Output was rotated away before it was read.</summary>
    Lost,

    /// <summary>Another client has taken writing over.</summary>
    ReadOnly,

    /// <summary>The incarnation has ended, and all of its output was sent.</summary>
    Ended,

    /// <summary>The daemon has given this client up, since it took nothing; it may attach again and go on.</summary>
    Dropped,
}
