using Microsoft.Extensions.Logging;

namespace VmSupervisor.Actors.Persistence.Batching;

public sealed partial class BatchingWriter
{
    [LoggerMessage(Level = LogLevel.Error, Message = "journal: disk full, {Count} writes rejected; free some space")]
    private partial void LogFull(int count, Exception cause);

    [LoggerMessage(Level = LogLevel.Error, Message = "journal: {Count} writes rejected, nothing of them was written")]
    private partial void LogNotWritten(int count, Exception cause);

    [LoggerMessage(Level = LogLevel.Error, Message = "journal: the commit of {Count} writes failed; whether they were written is unknown")]
    private partial void LogUnknown(int count, Exception cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "journal: disk full, the reserve was given back; only what may use it is written now; free some space")]
    private partial void LogReleased();

    [LoggerMessage(Level = LogLevel.Information, Message = "journal: there is room again, the reserve stands")]
    private partial void LogRestored();

    [LoggerMessage(Level = LogLevel.Warning, Message = "journal: housekeeping failed; it is tried again after the next write")]
    private partial void LogMaintenanceFailed(Exception cause);
}
