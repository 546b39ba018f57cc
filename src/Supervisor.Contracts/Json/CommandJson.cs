using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Text;

namespace VmSupervisor.Contracts.Json;

/// <summary>A command as one JSON object: <c>kind</c>, and beside it the fields that are its body in HTTP.</summary>
public static class CommandJson
{
    private const string Kind = "kind";

    private static readonly Dictionary<string, Func<JsonElement, VmCommand>> Readers = new(StringComparer.Ordinal)
    {
        ["define"] = ReadDefine,
        ["undefine"] = Fields<VmCommand.Undefine>,
        ["start"] = Fields<VmCommand.Start>,
        ["stop"] = Fields<VmCommand.Stop>,
        ["shutdown"] = Fields<VmCommand.Shutdown>,
        ["reboot"] = Fields<VmCommand.Reboot>,
        ["backup"] = Fields<VmCommand.Backup>,
        ["suspend-to-disk"] = Fields<VmCommand.SuspendToDisk>,
        ["migrate"] = Fields<VmCommand.Migrate>,
        ["migrate-resolve"] = Fields<VmCommand.MigrateResolve>,
        ["cancel"] = Fields<VmCommand.Cancel>,
        ["reset"] = Fields<VmCommand.Reset>,
        ["pause"] = Fields<VmCommand.Pause>,
        ["resume"] = Fields<VmCommand.Resume>,
    };

    /// <summary>The kinds of commands, in the order of declaration.</summary>
    public static IReadOnlyCollection<string> Kinds => Readers.Keys;

    /// <summary>The command as an element.</summary>
    public static JsonElement Write(VmCommand command)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString(Kind, command.Kind);
            if (command is VmCommand.Define define)
            {
                writer.WritePropertyName("definition");
                DefinitionWriter.Write(writer, define.Definition);
            }
            else
            {
                // By its own type: that of the base has no fields.
                foreach (var field in JsonSerializer.SerializeToElement(command, command.GetType(), ContractsJson.Options).EnumerateObject())
                    field.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return Parse(buffer.WrittenMemory);
    }

    /// <summary>Reads a command.</summary>
    /// <exception cref="CommandFormatException">It is none.</exception>
    public static VmCommand Read(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(Kind, out var kind) || kind.ValueKind != JsonValueKind.String)
            throw new CommandFormatException("command: allowed is an object with kind, a string");
        if (Readers.TryGetValue(kind.GetString()!, out var read))
            return read(element);
        var guess = NearestName.Find(kind.GetString()!, Kinds) is { } near ? $"; did you mean {near}?" : "";
        throw new CommandFormatException($"command.kind: found '{kind.GetString()}', allowed are {string.Join(", ", Kinds)}{guess}");
    }

    private static T Fields<T>(JsonElement element)
        where T : VmCommand
    {
        try
        {
            return Without(element, Kind).Deserialize<T>(ContractsJson.Options)!;
        }
        catch (JsonException e)
        {
            throw new CommandFormatException($"command: {e.Message}");
        }
    }

    private static VmCommand.Define ReadDefine(JsonElement element)
    {
        foreach (var field in element.EnumerateObject())
        {
            if (field.Name is not (Kind or "definition"))
                throw new CommandFormatException($"command.{field.Name}: unknown; a define has kind and definition");
        }

        if (!element.TryGetProperty("definition", out var json))
            throw new CommandFormatException("command.definition: missing, allowed is a definition");
        var result = DefinitionReader.Read(json);
        if (result.Definition is { } definition)
            return new VmCommand.Define(definition);
        var count = result.Faults.Count == 1 ? "a fault" : $"{result.Faults.Count} faults";
        throw new CommandFormatException($"the definition has {count}: {string.Join("; ", result.Faults)}", result.Faults);
    }

    private static JsonElement Without(JsonElement element, string name)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var field in element.EnumerateObject().Where(field => field.Name != name))
                field.WriteTo(writer);
            writer.WriteEndObject();
        }

        return Parse(buffer.WrittenMemory);
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}

/// <summary>What was to be a command is none; the message is one line for the person who wrote it.</summary>
public sealed class CommandFormatException : FormatException
{
    internal CommandFormatException(string message, ValueList<DefinitionFault>? faults = null)
        : base(message) => Faults = faults;

    /// <summary>What is wrong with the definition in it; null when it is not about one.</summary>
    public ValueList<DefinitionFault>? Faults { get; }
}
