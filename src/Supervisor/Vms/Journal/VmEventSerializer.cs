using System.Text.Json;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Domain;

namespace VmSupervisor.Vms.Journal;

/// <summary>Events and snapshots of a VM as bytes, and back.</summary>
internal sealed class VmEventSerializer : IEventSerializer
{
    public static VmEventSerializer Instance { get; } = new();

    public SerializedEvent Serialize(object value)
    {
        var type = value is VmState ? typeof(VmState) : value.GetType();
        var (name, version) = EventTypes.Of(type);
        return new SerializedEvent(name, version, JsonSerializer.SerializeToUtf8Bytes(value, type, JournalJson.Options));
    }

    public object Deserialize(string type, int schemaVersion, ReadOnlyMemory<byte> payload)
    {
        var known = EventTypes.Find(type, schemaVersion) ?? throw new UnknownEventException(type, schemaVersion);
        try
        {
            return JsonSerializer.Deserialize(payload.Span, known, JournalJson.Options)
                ?? throw new JsonException($"the stored {type} is empty");
        }
        catch (NotSupportedException e)
        {
            // How the serializer says that a member of a closed hierarchy does not say which one it is.
            throw new JsonException($"the stored {type} is damaged: {e.Message}", e);
        }
    }
}
