using Microsoft.Extensions.Logging;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Vms.Views;

namespace VmSupervisor.Vms;

/// <summary>Every line names the VM and its incarnation, and the operation when there is one.</summary>
internal sealed partial class VmActor
{
    private void LogEvent(Event e, VmState after)
    {
        if (!_logger.IsEnabled(LogLevel.Information))
            return;
        var entry = HistoryEntries.Of(e, 0);
        var operation = entry.Operation ?? after.Operations.FirstOrDefault()?.Id;
        var text = string.Join(' ', entry.Data.Where(d => d.Key != "output").Select(d => $"{d.Key}={d.Value}"));
        LogHappened(_vm, after.Current?.Number ?? after.Last, operation?.Value, entry.Type, entry.Cause, text);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "vm {Vm} incarnation {Incarnation} operation {Operation}: {Event} {Cause} {Data}")]
    private partial void LogHappened(VmId vm, Incarnation incarnation, string? operation, string @event, string? cause, string data);

    [LoggerMessage(Level = LogLevel.Debug, Message = "vm {Vm} incarnation {Incarnation}: ignored: {Why}")]
    private partial void LogIgnored(VmId vm, Incarnation incarnation, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "vm {Vm} incarnation {Incarnation}: the journal refused a write: {Cause}")]
    private partial void LogRejected(VmId vm, Incarnation incarnation, string cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "vm {Vm}: housekeeping failed")]
    private partial void LogHousekeepingFailed(VmId vm, Exception exception);
}
