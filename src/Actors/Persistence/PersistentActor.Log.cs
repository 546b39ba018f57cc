using Microsoft.Extensions.Logging;

namespace VmSupervisor.Actors.Persistence;

public abstract partial class PersistentActor
{
    [LoggerMessage(30, LogLevel.Warning, "{PersistenceId}: an append was rejected")]
    private static partial void LogRejected(ILogger logger, string persistenceId, Exception e);

    [LoggerMessage(31, LogLevel.Warning, "{PersistenceId}: a snapshot could not be saved")]
    private static partial void LogSnapshotFailed(ILogger logger, string persistenceId, Exception e);

    [LoggerMessage(32, LogLevel.Warning, "{PersistenceId}: the snapshot of version {Version} cannot be read; going back to an older one")]
    private static partial void LogSnapshotUnreadable(ILogger logger, string persistenceId, long version, Exception e);

    [LoggerMessage(33, LogLevel.Error, "{PersistenceId}: stopped")]
    private static partial void LogStopped(ILogger logger, string persistenceId, Exception e);
}
