using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace VmSupervisor.Actors.Kernel;

internal sealed partial class Broadcast<T>(ILogger logger)
{
    private ImmutableArray<Action<T>> _handlers = [];

    public IDisposable Subscribe(Action<T> handler)
    {
        // A wrapper of its own, so that ending one subscription never ends another of the same method.
        var own = new Action<T>(item => handler(item));
        ImmutableInterlocked.Update(ref _handlers, static (all, one) => all.Add(one), own);
        return new Subscription(() => ImmutableInterlocked.Update(ref _handlers, static (all, one) => all.Remove(one), own));
    }

    public void Publish(T item)
    {
        foreach (var handler in _handlers)
        {
            try
            {
                handler(item);
            }
            catch (Exception e)
            {
                LogHandlerFailed(logger, typeof(T).Name, e);
            }
        }
    }

    [LoggerMessage(20, LogLevel.Error, "A subscriber of {Stream} failed; going on")]
    private static partial void LogHandlerFailed(ILogger logger, string stream, Exception e);

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
