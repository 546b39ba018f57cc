using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace VmSupervisor.Daemon.Logging;

/// <summary>
/// A line for machines: one JSON object with <c>time level vm incarnation operation logger message</c>, the message's
/// own properties, and <c>exception</c>.
/// </summary>
internal sealed class JsonLine : ITextFormatter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Compared without case: scopes say vm, messages {Vm}.
    private static readonly HashSet<string> Written = new(StringComparer.OrdinalIgnoreCase)
    {
        "time", "level", "logger", "message", "exception", "Scope", "EventId",
        LogNames.Vm, LogNames.Incarnation, LogNames.Operation, Constants.SourceContextPropertyName,
    };

    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("time", logEvent.Timestamp.UtcDateTime);
            json.WriteString("level", LogNames.Of(logEvent.Level));
            WriteNumber(json, logEvent, LogNames.Vm);
            WriteNumber(json, logEvent, LogNames.Incarnation);
            if (LogNames.Text(logEvent, LogNames.Operation) is { } operation)
                json.WriteString(LogNames.Operation, operation);
            if (LogNames.Text(logEvent, Constants.SourceContextPropertyName) is { } logger)
                json.WriteString("logger", logger);
            json.WriteString("message", LogNames.Message(logEvent));
            foreach (var (name, value) in logEvent.Properties.Where(property => !Written.Contains(property.Key)))
            {
                json.WritePropertyName(name);
                Write(json, value);
            }

            if (logEvent.Exception is { } exception)
                json.WriteString("exception", exception.ToString());
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    // Ids are types of their own, which Serilog knows as text only.
    private static void WriteNumber(Utf8JsonWriter json, LogEvent line, string property)
    {
        if (LogNames.Text(line, property) is not { } text)
            return;
        if (long.TryParse(text, CultureInfo.InvariantCulture, out var number))
            json.WriteNumber(property, number);
        else
            json.WriteString(property, text);
    }

    private static void Write(Utf8JsonWriter json, LogEventPropertyValue value)
    {
        switch (value)
        {
            case ScalarValue { Value: null }:
                json.WriteNullValue();
                break;
            case ScalarValue { Value: bool truth }:
                json.WriteBooleanValue(truth);
                break;
            case ScalarValue { Value: int or long or short or byte or uint }:
                json.WriteNumberValue(Convert.ToInt64(((ScalarValue)value).Value, CultureInfo.InvariantCulture));
                break;
            case ScalarValue { Value: double number } when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case ScalarValue { Value: string text }:
                json.WriteStringValue(text);
                break;
            case SequenceValue sequence:
                json.WriteStartArray();
                foreach (var element in sequence.Elements)
                    Write(json, element);
                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(value.ToString(null, CultureInfo.InvariantCulture));
                break;
        }
    }
}
