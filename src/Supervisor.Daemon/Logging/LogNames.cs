using System.Globalization;
using Serilog.Events;
using Serilog.Parsing;

namespace VmSupervisor.Daemon.Logging;

/// <summary>How levels and properties are spelled, the same in the configuration and in both formats.</summary>
internal static class LogNames
{
    /// <summary>
    /// The properties that every line about a VM carries: from a logging scope by these names, or from the message
    /// itself as <c>{Vm} {Incarnation} {Operation}</c>.
    /// </summary>
    public const string Vm = "vm", Incarnation = "incarnation", Operation = "operation";

    public static string Of(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose => "trace",
        LogEventLevel.Debug => "debug",
        LogEventLevel.Information => "info",
        LogEventLevel.Warning => "warning",
        LogEventLevel.Error => "error",
        LogEventLevel.Fatal => "fatal",
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, null),
    };

    /// <summary>A property as plain text; null when it is not there.</summary>
    public static string? Text(LogEvent line, string property) => Find(line, property) switch
    {
        null or ScalarValue { Value: null } => null,
        ScalarValue { Value: string text } => text,
        var value => value.ToString(null, CultureInfo.InvariantCulture),
    };

    /// <summary>Whether the message names the VM by itself.</summary>
    public static bool NamesVm(LogEvent line) =>
        line.MessageTemplate.Tokens.OfType<PropertyToken>().Any(token => token.PropertyName.Equals(Vm, StringComparison.OrdinalIgnoreCase));

    /// <summary>The message with its properties; Serilog's own rendering puts strings into quotes and says null.</summary>
    public static string Message(LogEvent line)
    {
        var message = new StringWriter(CultureInfo.InvariantCulture);
        foreach (var token in line.MessageTemplate.Tokens)
        {
            var value = token is PropertyToken property ? line.Properties.GetValueOrDefault(property.PropertyName) : null;
            if (value is ScalarValue { Value: null or string } text)
                message.Write(text.Value ?? "-");
            else
                token.Render(line.Properties, message, CultureInfo.InvariantCulture);
        }

        return message.ToString();
    }

    private static LogEventPropertyValue? Find(LogEvent line, string property) =>
        line.Properties.GetValueOrDefault(property)
        ?? line.Properties.FirstOrDefault(other => other.Key.Equals(property, StringComparison.OrdinalIgnoreCase)).Value;
}
