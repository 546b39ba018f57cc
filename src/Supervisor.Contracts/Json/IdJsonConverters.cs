using System.Text.Json;
using System.Text.Json.Serialization;

namespace VmSupervisor.Contracts.Json;

internal sealed class VmIdJsonConverter : JsonConverter<VmId>
{
    public override VmId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value) && value is >= 1 and <= VmId.MaxValue
            ? new VmId(value)
            : throw new JsonException($"a VM's id is a number from 1 to {VmId.MaxValue}");

    public override void Write(Utf8JsonWriter writer, VmId value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
}

internal sealed class IncarnationJsonConverter : JsonConverter<Incarnation>
{
    public override Incarnation Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value) && value >= 0
            ? new Incarnation(value)
            : throw new JsonException("an incarnation is a number from 0");

    public override void Write(Utf8JsonWriter writer, Incarnation value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
}

internal sealed class OperationIdJsonConverter : JsonConverter<OperationId>
{
    public override OperationId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && OperationId.TryParse(reader.GetString(), out var id)
            ? id
            : throw new JsonException($"an operation id is 1 to {OperationId.MaxLength} letters, digits and . _ : -");

    public override void Write(Utf8JsonWriter writer, OperationId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
