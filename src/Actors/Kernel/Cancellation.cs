using Microsoft.Extensions.Logging;

namespace VmSupervisor.Actors.Kernel;

/// <summary>
/// Cancels a token in an item of its own: whoever waits for the token must not run inside an actor, and what it
/// throws must not end the process.
/// </summary>
internal sealed partial class Cancellation(CancellationTokenSource source, ActorPath owner, ILogger logger) : IThreadPoolWorkItem
{
    public void Execute()
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException e)
        {
            LogCallbackFailed(logger, owner, e);
        }
    }

    public override string ToString() => $"cancellation by {owner}";

    [LoggerMessage(21, LogLevel.Error, "{Actor}: what was to be cancelled failed at it; going on")]
    private static partial void LogCallbackFailed(ILogger logger, ActorPath actor, Exception e);
}
