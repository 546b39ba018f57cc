using System.Text.Json;
using System.Text.Json.Serialization;

namespace VmSupervisor.Migration.Connections;

/// <summary>What is sent over a channel, one JSON object each. Unknown members are ignored, so that some may be added.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "frame")]
[JsonDerivedType(typeof(Hello), "hello")]
[JsonDerivedType(typeof(Refused), "refused")]
[JsonDerivedType(typeof(Ask), "ask")]
[JsonDerivedType(typeof(Reply), "reply")]
[JsonDerivedType(typeof(Ping), "ping")]
[JsonDerivedType(typeof(Pong), "pong")]
[JsonDerivedType(typeof(Goodbye), "goodbye")]
internal abstract record Frame
{
    private Frame() { }

    /// <summary>The first frame of either side.</summary>
    /// <param name="Protocol">What it speaks.</param>
    /// <param name="Node">Who it is.</param>
    /// <param name="Run">Which run of its daemon.</param>
    /// <param name="Cluster">Where it belongs to.</param>
    /// <param name="Version">For people.</param>
    /// <param name="Peer">Whom it means to speak with.</param>
    /// <param name="Session">The connection's id, which who dials chooses and the other repeats.</param>
    public sealed record Hello(int Protocol, string Node, string Run, string Cluster, string Version, string Peer, string Session) : Frame;

    /// <summary>The last frame instead of a connection.</summary>
    public sealed record Refused(string Reason) : Frame;

    public sealed record Ask(long Id, string Type, JsonElement Body) : Frame;

    /// <summary>Either a body or why there is none.</summary>
    public sealed record Reply(long Id, JsonElement? Body, string? Refusal) : Frame;

    public sealed record Ping(long Id) : Frame;

    public sealed record Pong(long Id) : Frame;

    /// <summary>The last frame of a connection that is ended on purpose.</summary>
    public sealed record Goodbye(string Reason) : Frame;

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, FrameJson.Default.Frame);

    /// <exception cref="PeerChannelException">It is none.</exception>
    public static Frame Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, FrameJson.Default.Frame) ?? throw new JsonException("null is no frame");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new PeerChannelException($"the peer sent what is no frame of protocol {PeerSettings.Protocol}: {e.Message}", e);
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = false)]
[JsonSerializable(typeof(Frame))]
internal sealed partial class FrameJson : JsonSerializerContext;
