using Microsoft.Extensions.Logging;

namespace VmSupervisor.AspNetCore.Access;

/// <summary>Writes down who was refused.</summary>
internal sealed partial class RefusalNotes(ILogger<RefusalNotes> logger)
{
    public void Add(string by, string? vm, string what, string why) => LogRefused(what, vm is null ? "" : $" of vm {vm}", by, why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What}{Vm} by {By} refused: {Why}")]
    private partial void LogRefused(string what, string vm, string by, string why);
}
