using Microsoft.Extensions.Logging;

namespace VmSupervisor.Simulation.Playing;

/// <summary>Hears of exceptions that nobody foresaw: they are survived, so that nothing else would tell of them.</summary>
internal sealed class FailureLog : ILogger
{
    private readonly List<Exception> _unforeseen = [];

    public Exception? First => _unforeseen.FirstOrDefault();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        // A stop of a persistent actor because of its journal is its way of asking it.
        if (exception is not (null or Actors.Persistence.PersistenceException))
            _unforeseen.Add(new InvalidOperationException(formatter(state, exception), exception));
    }
}
