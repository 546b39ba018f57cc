using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using VmSupervisor.Daemon.Configuration;

namespace VmSupervisor.Daemon.Logging;

/// <summary>The daemon's log: standard error, and a file when one is configured.</summary>
internal static class DaemonLog
{
    public static Logger Create(LogOptions options)
    {
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(options.Level)
            .Enrich.FromLogContext()
            .Filter.ByExcluding(IsFailedStart);

        // The framework's lines are about every request and connection.
        if (options.Level is LogEventLevel.Debug or LogEventLevel.Information)
            configuration.MinimumLevel.Override("Microsoft", LogEventLevel.Warning);

        configuration.WriteTo.Sink(new BackgroundSink(ToStandardError(options.Format)));
        if (options.File is { } file)
            configuration.WriteTo.Sink(new BackgroundSink(ToFile(options, file)));
        return configuration.CreateLogger();
    }

    // The framework reports a failed start twice, each time with a stack trace; DaemonProgram says it once, for people.
    private static bool IsFailedStart(LogEvent line) =>
        line.Exception is not null && line.MessageTemplate.Text is "Hosting failed to start" or "Unable to start Kestrel.";

    private static Logger ToStandardError(LogFormat format)
    {
        ITextFormatter formatter = format switch
        {
            LogFormat.Text => new TextLine(),
            LogFormat.Json => new JsonLine(),
            LogFormat.Auto => Console.IsErrorRedirected ? new JsonLine() : new TextLine(),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
        };
        return new LoggerConfiguration().MinimumLevel.Verbose()
            .WriteTo.Console(formatter, standardErrorFromLevel: LogEventLevel.Verbose)
            .CreateLogger();
    }

    private static Logger ToFile(LogOptions options, string file) => new LoggerConfiguration().MinimumLevel.Verbose()
        .WriteTo.File(
            new JsonLine(), file, fileSizeLimitBytes: options.MaxSize, rollOnFileSizeLimit: true, retainedFileCountLimit: options.Keep)
        .CreateLogger();
}
