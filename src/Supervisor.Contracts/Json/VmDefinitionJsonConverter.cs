using System.Text.Json;
using System.Text.Json.Serialization;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Contracts.Json;

/// <summary>Definitions have one form in JSON, that of <see cref="DefinitionReader"/>, wherever they appear.</summary>
internal sealed class VmDefinitionJsonConverter : JsonConverter<VmDefinition>
{
    public override VmDefinition Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var result = DefinitionReader.Read(document.RootElement);
        return result.Definition ?? throw new JsonException(string.Join("; ", result.Faults));
    }

    public override void Write(Utf8JsonWriter writer, VmDefinition value, JsonSerializerOptions options) =>
        DefinitionWriter.Write(writer, value);
}
