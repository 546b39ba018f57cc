using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu.Monitor;

/// <summary>Ends a row of monitor commands; never leaves the port that gave them.</summary>
/// <param name="failure">What became of the command that failed.</param>
/// <param name="fault">Why the connection was lost; null when it was refused or not answered.</param>
internal sealed class MonitorTrouble(MonitorResult.Failed failure, QmpFault? fault) : Exception(failure.Reason)
{
    public MonitorResult.Failed Failure => failure;

    /// <summary>Why the connection was lost; null when it was not.</summary>
    public QmpFault? Fault => fault;

    /// <summary>Whether asking again may help: QEMU lives, and was too busy to answer or its connection had a fault.</summary>
    public bool MayPass => failure.Unreachable && (fault is null || fault.Kind
        is QmpFaultKind.Silent or QmpFaultKind.Malformed or QmpFaultKind.LineTooLong or QmpFaultKind.Overflow);
}
