using System.Text.Json;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Remoting;

namespace VmSupervisor.AspNetCore.Remoting;

/// <summary>One message of a client.</summary>
/// <param name="Id">By which it is answered; null for a notification.</param>
/// <param name="Method">What is asked.</param>
/// <param name="Parameters">With what.</param>
internal sealed record Incoming(JsonElement? Id, string Method, JsonElement Parameters)
{
    private static readonly JsonElement None = Element("{}"u8);

    /// <exception cref="RemotingException">It is not a message of this protocol.</exception>
    public static Incoming Parse(ReadOnlyMemory<byte> message)
    {
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(message, new JsonDocumentOptions { AllowDuplicateProperties = false });
            root = document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw RemotingException.Of(RemotingErrors.Unreadable, $"the message is not JSON: {e.Message}");
        }

        if (root.ValueKind == JsonValueKind.Array)
            throw NoRequest("batches are not taken: send one message after the other, without waiting for answers");
        if (root.ValueKind != JsonValueKind.Object || !IsText(root, "jsonrpc", out var version) || version != "2.0")
            throw NoRequest("""allowed is an object with "jsonrpc": "2.0", method, params and (but for notifications) id""");
        if (!IsText(root, "method", out var method))
            throw NoRequest("method: allowed is a string");
        return new(IdOf(root), method, ParametersOf(root));
    }

    /// <summary>The parameters as what a method takes.</summary>
    public T Read<T>()
    {
        try
        {
            return Parameters.Deserialize<T>(ContractsJson.Options)!;
        }
        catch (JsonException e)
        {
            throw RemotingException.Invalid($"{Method}: params: {e.Message}");
        }
    }

    private static JsonElement? IdOf(JsonElement root)
    {
        if (!root.TryGetProperty("id", out var id))
            return null;
        return id.ValueKind == JsonValueKind.String || (id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out _))
            ? id
            : throw NoRequest("id: allowed is a string or a whole number");
    }

    private static JsonElement ParametersOf(JsonElement root)
    {
        if (!root.TryGetProperty("params", out var parameters))
            return None;
        return parameters.ValueKind == JsonValueKind.Object ? parameters : throw NoRequest("params: allowed is an object");
    }

    private static bool IsText(JsonElement root, string name, out string text)
    {
        text = root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        return text.Length > 0;
    }

    private static RemotingException NoRequest(string message) => RemotingException.Of(RemotingErrors.NoRequest, message);

    private static JsonElement Element(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return JsonElement.ParseValue(ref reader);
    }
}
