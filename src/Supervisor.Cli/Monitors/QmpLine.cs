using System.Text.Json;
using System.Text.Json.Nodes;

namespace VmSupervisor.Cli.Monitors;

/// <summary>A command of QMP as a person types it: as JSON, or its name and perhaps its arguments as JSON.</summary>
internal static class QmpLine
{
    /// <summary>The command as QMP has it: what is JSON already stays as it is, and QEMU's monitor judges it.</summary>
    public static string ToJson(string line)
    {
        line = line.Trim();
        if (line.StartsWith('{'))
            return line;
        var parts = line.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var command = new JsonObject { ["execute"] = parts.ElementAtOrDefault(0) ?? "" };
        if (parts.Length == 1)
            return command.ToJsonString();
        try
        {
            command["arguments"] = JsonNode.Parse(parts[1]);
        }
        catch (JsonException)
        {
            // As text it is refused with the reason that arguments are an object.
            command["arguments"] = parts[1];
        }

        return command.ToJsonString();
    }
}
