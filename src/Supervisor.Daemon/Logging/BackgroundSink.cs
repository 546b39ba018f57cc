using System.Collections.Concurrent;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace VmSupervisor.Daemon.Logging;

/// <summary>
/// Writes lines on a thread of its own. A terminal that is held (Ctrl-S), a pipe that nobody reads or a disk that hangs
/// must not hold up a VM that has something to say; what does not fit into the queue is lost and counted.
/// </summary>
internal sealed class BackgroundSink : ILogEventSink, IDisposable
{
    // Some megabytes of memory at worst.
    private const int QueueLimit = 8192;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly MessageTemplate LostLines =
        new MessageTemplateParser().Parse("{Lost} log lines were lost: whoever takes the log is too slow");

    private readonly BlockingCollection<LogEvent> queue = new(QueueLimit);
    private readonly Logger target;
    private readonly Thread thread;
    private int lost;

    public BackgroundSink(Logger target)
    {
        this.target = target;
        thread = new Thread(Write) { Name = "log writer", IsBackground = true };
        thread.Start();
    }

    public void Emit(LogEvent logEvent)
    {
        try
        {
            if (!queue.TryAdd(logEvent))
                Interlocked.Increment(ref lost);
        }
        catch (InvalidOperationException)
        {
            // After the end nobody reads any more.
        }
    }

    /// <summary>Writes what is queued, as long as that goes on within two seconds.</summary>
    public void Dispose()
    {
        queue.CompleteAdding();
        if (thread.Join(Patience))
            target.Dispose();
    }

    private static LogEvent Loss(DateTimeOffset time, int count) =>
        new(time, LogEventLevel.Warning, null, LostLines, [new LogEventProperty("Lost", new ScalarValue(count))]);

    private void Write()
    {
        foreach (var line in queue.GetConsumingEnumerable())
        {
            target.Write(line);
            if (Interlocked.Exchange(ref lost, 0) is var count and > 0)
                target.Write(Loss(line.Timestamp, count));
        }
    }
}
