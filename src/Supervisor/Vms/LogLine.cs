using System.Text;
using Microsoft.Extensions.Logging;

namespace VmSupervisor.Vms;

/// <summary>
/// A structured log line of the parts that there are: a fixed template would write dashes and blanks for those that
/// there are not. The templates are as many as the choices of parts, so what caches by template stays small.
/// </summary>
internal sealed class LogLine(string template, params object[] values)
{
    private readonly StringBuilder _template = new(template);
    private readonly List<object> _values = [.. values];

    /// <summary>Adds a part with one placeholder, unless its value is null or empty.</summary>
    public void Add(string part, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return;
        _template.Append(part);
        _values.Add(value);
    }

#pragma warning disable CA2254 // The template is made of constant parts.
    public void Write(ILogger logger, LogLevel level) => logger.Log(level, _template.ToString(), [.. _values]);
#pragma warning restore CA2254
}
