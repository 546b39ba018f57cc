using Microsoft.Extensions.Logging;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Vms.Views;

namespace VmSupervisor.Vms;

/// <summary>Every line names the VM and its incarnation, and the operation when there is one.</summary>
internal sealed partial class VmActor
{
    private void LogEvent(VmState before, Event e)
    {
        var level = LevelOf(e);
        if (!_logger.IsEnabled(level))
            return;
        var entry = HistoryEntries.Of(e, 0);
        var line = new LogLine("vm {Vm} incarnation {Incarnation}", _vm, _state.Current?.Number ?? _state.Last);

        // The operation that an event ends is gone with it, and one that begins is its own.
        line.Add(" operation {Operation}", (entry.Operation ?? before.Operations.FirstOrDefault()?.Id)?.Value);
        line.Add(": {Event}", entry.Type);
        line.Add(" ({Cause})", entry.Cause);
        line.Add(" {Data}", string.Join(' ', entry.Data.Where(d => d.Key != "output").Select(d => $"{d.Key}={d.Value}")));
        line.Write(_logger, level);
    }

    private static LogLevel LevelOf(Event e) => e switch
    {
        Event.StartAdvanced or Event.StopAdvanced or Event.GuestContinued or Event.Released => LogLevel.Debug,
        Event.HookEnded { Outcome.Status: HookStatus.Succeeded } => LogLevel.Debug,
        Event.HookEnded or Event.ProblemNoted or Event.ReleaseFailed or Event.StopGivenUp => LogLevel.Warning,
        Event.OperationEnded { Ending: Ending.Failed or Ending.TimedOut } => LogLevel.Warning,
        Event.EndBegan { Cause: Cause.Crash or Cause.StartFailed or Cause.GuestPanic } => LogLevel.Warning,
        Event.GuestChanged { Guest: GuestState.Panicked or GuestState.IoError or GuestState.InternalError or GuestState.Watchdog } => LogLevel.Warning,
        _ => LogLevel.Information,
    };

    [LoggerMessage(Level = LogLevel.Debug, Message = "vm {Vm} incarnation {Incarnation}: ignored: {Why}")]
    private partial void LogIgnored(VmId vm, Incarnation incarnation, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "vm {Vm} incarnation {Incarnation}: the journal refused a write: {Cause}")]
    private partial void LogRejected(VmId vm, Incarnation incarnation, string cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "vm {Vm}: housekeeping failed")]
    private partial void LogHousekeepingFailed(VmId vm, Exception exception);
}
