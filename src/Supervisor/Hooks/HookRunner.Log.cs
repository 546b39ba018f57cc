using Microsoft.Extensions.Logging;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;

namespace VmSupervisor.Hooks;

internal sealed partial class HookRunner
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "vm {Vm} incarnation {Incarnation}: {Phase} hooks: {Status} {Detail}")]
    private partial void LogEnded(VmId vm, Incarnation incarnation, HookPhase phase, HookStatus status, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "vm {Vm} incarnation {Incarnation}: {Phase} hooks do not end by themselves within {Limit} and {Grace}; killing them")]
    private partial void LogOverdue(VmId vm, Incarnation incarnation, HookPhase phase, TimeSpan limit, TimeSpan grace);

    [LoggerMessage(Level = LogLevel.Warning, Message = "vm {Vm}: cannot forget what is kept about its hooks: {Reason}")]
    private partial void LogNotForgotten(VmId vm, string reason);
}
