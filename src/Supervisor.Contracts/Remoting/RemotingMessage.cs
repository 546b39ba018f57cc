using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Contracts.Remoting;

/// <summary>Messages as JSON-RPC 2.0 frames them, in UTF-8.</summary>
public static class RemotingMessage
{
    private static readonly JsonWriterOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A request.</summary>
    /// <typeparam name="T">A type of the contracts.</typeparam>
    public static byte[] Request<T>(long id, string method, T parameters) => Write(writer =>
    {
        writer.WriteNumber("id", id);
        writer.WriteString("method", method);
        Write(writer, "params", parameters);
    });

    /// <summary>A notification, of either side.</summary>
    /// <typeparam name="T">A type of the contracts.</typeparam>
    public static byte[] Notification<T>(string method, T parameters) => Write(writer =>
    {
        writer.WriteString("method", method);
        Write(writer, "params", parameters);
    });

    /// <summary>The answer to a request that was carried out.</summary>
    /// <typeparam name="T">A type of the contracts.</typeparam>
    /// <param name="id">The request's, as it was.</param>
    /// <param name="result">The result.</param>
    public static byte[] Result<T>(JsonElement id, T result) => Write(writer =>
    {
        writer.WritePropertyName("id");
        id.WriteTo(writer);
        Write(writer, "result", result);
    });

    /// <summary>The answer to a request that was not.</summary>
    /// <param name="id">The request's, as it was; null when it could not be read.</param>
    /// <param name="error">Why.</param>
    public static byte[] Error(JsonElement? id, RemotingError error) => Write(writer =>
    {
        writer.WritePropertyName("id");
        if (id is { } known)
            known.WriteTo(writer);
        else
            writer.WriteNullValue();
        Write(writer, "error", error);
    });

    private static void Write<T>(Utf8JsonWriter writer, string name, T value)
    {
        writer.WritePropertyName(name);
        JsonSerializer.Serialize(writer, value, ContractsJson.Options);
    }

    private static byte[] Write(Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Format))
        {
            writer.WriteStartObject();
            writer.WriteString("jsonrpc", "2.0");
            content(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
