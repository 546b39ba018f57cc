using Microsoft.Extensions.Logging;

namespace VmSupervisor.TestKit;

/// <summary>The same logger under every name.</summary>
internal sealed class OneLogger(ILogger logger) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => logger;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
