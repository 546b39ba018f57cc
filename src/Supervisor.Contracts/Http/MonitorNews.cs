using System.Text.Json;
using System.Text.Json.Serialization;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Contracts.Http;

/// <summary>What comes from a VM's monitor: a text frame each. What is sent there is a command, a text frame each.</summary>
/// <param name="Kind">What it is.</param>
public sealed record MonitorNews(MonitorNewsKind Kind)
{
    /// <summary>The life that was attached to or has ended; 0 otherwise.</summary>
    public Incarnation Incarnation { get; init; }

    /// <summary>What the human monitor answered, lines ended by a line feed; null for QMP.</summary>
    public string? Text { get; init; }

    /// <summary>The QMP message: the greeting, an answer (with the command's own <c>id</c>) or an event.</summary>
    public JsonElement? Message { get; init; }

    /// <summary>Whether the command was not done, as far as QEMU says: the human monitor has only words for that.</summary>
    public bool Failed { get; init; }

    /// <summary>Why it ended, a line for a person; null unless it did.</summary>
    public string? Reason { get; init; }
}

/// <summary>What a <see cref="MonitorNews"/> is.</summary>
[JsonConverter(typeof(EnumJsonConverter<MonitorNewsKind>))]
public enum MonitorNewsKind
{
    /// <summary>The monitor takes commands.</summary>
    Attached,

    /// <summary>The answer to the oldest command that has none.</summary>
    Answer,

    /// <summary>Something QEMU says by itself; for those only who speak QMP.</summary>
    Event,

    /// <summary>The incarnation has ended.</summary>
    Ended,

    /// <summary>The daemon gives this client up.</summary>
    Dropped,
}
