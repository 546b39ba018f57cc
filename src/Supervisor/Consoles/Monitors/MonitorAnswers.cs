using System.Text.Json;
using System.Text.Json.Nodes;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Consoles.Monitors;

/// <summary>What became of a command, in the language of who gave it.</summary>
internal static class MonitorAnswers
{
    public static MonitorNews ForPeople(QmpResult<QmpValue> result)
    {
        var text = result is QmpResult<QmpValue>.Returned(var value, _)
            ? value.Value.GetString()?.ReplaceLineEndings("\n") ?? ""
            : WhyNot(result).Description + "\n";
        return new(MonitorNewsKind.Answer) { Text = text, Failed = result is not QmpResult<QmpValue>.Returned || HumanErrors.IsIn(text) };
    }

    public static MonitorNews ForPrograms(QmpResult<QmpValue> result, JsonElement? id)
    {
        if (result is QmpResult<QmpValue>.Returned(var value, _))
            return Message("return", JsonNode.Parse(value.Value.GetRawText()), id, failed: false);
        var (@class, description) = WhyNot(result);
        return Message("error", new JsonObject { ["class"] = @class, ["desc"] = description }, id, failed: true);
    }

    /// <summary>What was sent is no command.</summary>
    public static MonitorNews Refused(string why) =>
        Message("error", new JsonObject { ["class"] = "GenericError", ["desc"] = why }, null, failed: true);

    /// <summary>It was done, and there is nothing to say.</summary>
    public static MonitorNews Nothing(JsonElement? id) => Message("return", new JsonObject(), id, failed: false);

    private static (string Class, string Description) WhyNot(QmpResult<QmpValue> result) => result switch
    {
        QmpResult<QmpValue>.Refused(var @class, var description) => (@class, description),
        QmpResult<QmpValue>.Unanswered(var limit) => ("GenericError", $"the monitor did not answer within {limit.TotalSeconds:0.###} s; it may be done yet"),
        QmpResult<QmpValue>.Lost(var fault) => ("GenericError", $"the monitor went away before it answered, it may have been done: {fault.Detail}"),
        _ => throw new InvalidOperationException(),
    };

    private static MonitorNews Message(string kind, JsonNode? value, JsonElement? id, bool failed)
    {
        var message = new JsonObject { [kind] = value };
        if (id is { } own)
            message["id"] = JsonNode.Parse(own.GetRawText());
        return new(MonitorNewsKind.Answer) { Message = JsonSerializer.SerializeToElement(message), Failed = failed };
    }
}
