using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Consoles.Monitors;

/// <summary>A command that somebody has sent.</summary>
/// <param name="Name">QMP's name for it.</param>
/// <param name="Arguments">Its arguments; of kind undefined for none.</param>
/// <param name="Id">What the client wants to find in the answer; null for nothing.</param>
internal sealed record MonitorCommand(string Name, JsonElement Arguments, JsonElement? Id)
{
    /// <summary>The negotiation, which has been made: libraries begin with it all the same.</summary>
    public const string Capabilities = "qmp_capabilities";

    private const string Human = "human-monitor-command", HumanLine = "command-line";

    // What follows these may be a secret, and logs are read by many.
    private static readonly HashSet<string> Secretive = new(StringComparer.Ordinal)
    {
        "set_password", "change-vnc-password", "object-add", "blockdev-add", "change", "object_add", "block_passwd",
    };

    /// <summary>A line for the human monitor: QEMU runs it as one command of QMP, so people and programs share a socket.</summary>
    public static MonitorCommand OfLine(string line) => new(
        Human, JsonSerializer.SerializeToElement(new Dictionary<string, string> { [HumanLine] = line }), null);

    /// <summary>Reads a QMP command; else says what is wrong with it.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out MonitorCommand? command, out string fault)
    {
        command = null;
        fault = "";
        try
        {
            var message = JsonElement.Parse(text);
            if (!message.TryText("execute", out var name))
            {
                fault = message.TryText("exec-oob", out _)
                    ? "commands out of band are not offered here"
                    : "a command is an object with 'execute', and perhaps 'arguments' and 'id'";
                return false;
            }

            message.TryField("arguments", out var arguments);
            if (arguments.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object))
            {
                fault = "'arguments' is no object";
                return false;
            }

            command = new(name, arguments, message.TryField("id", out var id) ? id : null);
            return true;
        }
        catch (JsonException e)
        {
            fault = $"this is no JSON: {e.Message}";
            return false;
        }
    }

    /// <summary>As QEMU is asked.</summary>
    public QmpCommand<QmpValue> ToQmp() => QmpCommands.Raw(Name, Arguments.ValueKind == JsonValueKind.Undefined ? null : json =>
    {
        foreach (var argument in Arguments.EnumerateObject())
            argument.WriteTo(json);
    });

    /// <summary>As the log shows it: one line, not too long, and without what may be a secret.</summary>
    public string ForLog()
    {
        const int longest = 200;
        if (Name == Human && Arguments.TryText(HumanLine, out var line))
        {
            var word = line.Trim().Split(' ')[0];
            return Secretive.Contains(word) ? $"{word} (the rest may be secret)" : QmpJson.Excerpt(line, longest);
        }

        return Arguments.ValueKind == JsonValueKind.Undefined ? QmpJson.Excerpt(Name, longest)
            : Secretive.Contains(Name) ? $"{Name} (its arguments may be secret)"
            : QmpJson.Excerpt($"{Name} {Arguments.GetRawText()}", longest);
    }
}
