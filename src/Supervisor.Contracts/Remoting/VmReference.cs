using System.Text.Json;
using System.Text.Json.Serialization;

namespace VmSupervisor.Contracts.Remoting;

/// <summary>A VM by its number or its name. In JSON a number or a string.</summary>
[JsonConverter(typeof(VmReferenceJsonConverter))]
public readonly record struct VmReference
{
    private readonly string? text;

    /// <summary>A VM by its number.</summary>
    public VmReference(VmId id) => text = id.ToString();

    /// <summary>A VM by its number in decimal, or by its name.</summary>
    public VmReference(string idOrName) => text = idOrName;

    /// <summary>The number in decimal, or the name.</summary>
    public string Text => text ?? "";

    /// <summary>The number; null for a name.</summary>
    public VmId? Id => VmId.TryParse(text, out var id) ? id : null;

    /// <summary>A VM by its number.</summary>
    public static implicit operator VmReference(VmId id) => new(id);

    /// <inheritdoc cref="Text"/>
    public override string ToString() => Text;
}

internal sealed class VmReferenceJsonConverter : JsonConverter<VmReference>
{
    public override VmReference Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetInt32(out var id) && id is >= 1 and <= VmId.MaxValue => new VmReference(new VmId(id)),
        JsonTokenType.String when reader.GetString() is { Length: > 0 } text => new VmReference(text),
        _ => throw new JsonException($"a VM is its number, 1 to {VmId.MaxValue}, or its name as a string"),
    };

    public override void Write(Utf8JsonWriter writer, VmReference value, JsonSerializerOptions options)
    {
        if (value.Id is { } id)
            writer.WriteNumberValue(id.Value);
        else
            writer.WriteStringValue(value.Text);
    }
}
