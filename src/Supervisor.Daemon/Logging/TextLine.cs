using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;

namespace VmSupervisor.Daemon.Logging;

/// <summary>A line for people: <c>12:00:00.123 warning vm 104 #3 op-1: the process does not die</c>.</summary>
internal sealed class TextLine : ITextFormatter
{
    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write(logEvent.Timestamp.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture));
        output.Write(' ');
        output.Write(LogNames.Of(logEvent.Level).PadRight(7));
        output.Write(' ');
        output.Write(Subject(logEvent));
        output.WriteLine(LogNames.Message(logEvent));
        if (logEvent.Exception is { } exception)
            output.WriteLine(exception);
    }

    private static string Subject(LogEvent line)
    {
        if (LogNames.NamesVm(line) || LogNames.Text(line, LogNames.Vm) is not { } vm)
            return "";
        var incarnation = LogNames.Text(line, LogNames.Incarnation) is { } number ? $" #{number}" : "";
        var operation = LogNames.Text(line, LogNames.Operation) is { } id ? $" {id}" : "";
        return $"vm {vm}{incarnation}{operation}: ";
    }
}
