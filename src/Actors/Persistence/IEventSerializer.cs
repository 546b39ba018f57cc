namespace VmSupervisor.Actors.Persistence;

/// <summary>Turns events and snapshots into what the journal keeps, and back.</summary>
public interface IEventSerializer
{
    /// <summary>Serialises an event or a snapshot. What it throws rejects the write.</summary>
    SerializedEvent Serialize(object value);

    /// <summary>Reads it back. What it throws makes an event fail the recovery, a snapshot be passed over.</summary>
    /// <exception cref="UnknownEventException">The type or its version is not known.</exception>
    object Deserialize(string type, int schemaVersion, ReadOnlyMemory<byte> payload);
}

/// <summary>A serialised event or snapshot.</summary>
/// <param name="Type">A name that does not depend on a class name.</param>
/// <param name="SchemaVersion">The version of the payload's shape, from 1.</param>
/// <param name="Payload">The value.</param>
public readonly record struct SerializedEvent(string Type, int SchemaVersion, ReadOnlyMemory<byte> Payload);
