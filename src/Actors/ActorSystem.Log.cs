using Microsoft.Extensions.Logging;

namespace VmSupervisor.Actors;

public sealed partial class ActorSystem
{
    [LoggerMessage(10, LogLevel.Debug, "{Recipient} did not handle {Message} from {Sender}")]
    private static partial void LogUnhandled(ILogger logger, ActorPath recipient, string message, ActorPath? sender);

    [LoggerMessage(11, LogLevel.Debug, "Dead letter {Message} from {Sender} to {Recipient}")]
    private static partial void LogDeadLetter(ILogger logger, string message, ActorPath? sender, ActorPath recipient);
}
