using Microsoft.Extensions.Logging;
using VmSupervisor.Actors.Supervision;

namespace VmSupervisor.Actors.Kernel;

internal sealed partial class ActorCell
{
    [LoggerMessage(1, LogLevel.Error, "{Actor}: {Hook} failed; going on")]
    private static partial void LogHookFailed(ILogger logger, ActorPath actor, string hook, Exception e);

    [LoggerMessage(2, LogLevel.Error, "{Actor} failed: {Directive}")]
    private static partial void LogChildFailed(ILogger logger, ActorPath actor, Directive directive, Exception e);

    [LoggerMessage(3, LogLevel.Error, "{Actor} failed: stopped, since its restarts are used up")]
    private static partial void LogRestartsUsedUp(ILogger logger, ActorPath actor, Exception e);

    [LoggerMessage(4, LogLevel.Error, "{Actor} failed while it was restarting or stopping; going on")]
    private static partial void LogFailedWhileEnding(ILogger logger, ActorPath actor, Exception e);

    [LoggerMessage(5, LogLevel.Error, "{Actor}: the supervisor's decision failed; escalating")]
    private static partial void LogDeciderFailed(ILogger logger, ActorPath actor, Exception e);
}
