using Serilog.Events;
using VmSupervisor.Hocon;

namespace VmSupervisor.Daemon.Configuration;

/// <summary><c>vmsup.log</c></summary>
internal static class LogSection
{
    // Below this a flood of lines would do little but begin new files.
    private const long LeastFile = 64 << 10;

    public static LogOptions Read(HoconReader vmsup)
    {
        var log = Checked.Section(vmsup, "log", "level", "format", "file", "max-size", "keep");
        return new LogOptions(
            log.Choice("level", "trace", "debug", "info", "warning", "error") switch
            {
                "trace" => LogEventLevel.Verbose,
                "debug" => LogEventLevel.Debug,
                "warning" => LogEventLevel.Warning,
                "error" => LogEventLevel.Error,
                _ => LogEventLevel.Information,
            },
            log.Choice("format", "auto", "text", "json") switch
            {
                "text" => LogFormat.Text,
                "json" => LogFormat.Json,
                _ => LogFormat.Auto,
            },
            Checked.AbsolutePath(log, "file", ""),
            log.Size("max-size", LeastFile) ?? LeastFile,
            Checked.Int(log, "keep", 1, 1000));
    }
}
