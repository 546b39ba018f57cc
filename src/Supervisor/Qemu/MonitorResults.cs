using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu;

/// <summary>What a monitor command's outcome means for whoever gave it.</summary>
internal static class MonitorResults
{
    /// <summary>Why it did not come to a value; null when it did.</summary>
    public static MonitorResult.Failed? Failure<T>(this QmpResult<T> result)
        where T : class => result switch
        {
            QmpResult<T>.Returned => null,
            QmpResult<T>.Refused(_, var description) => new($"QEMU refused: {description}", Unreachable: false),
            QmpResult<T>.Unanswered(var deadline) => new($"the monitor did not answer within {deadline.TotalSeconds:0.###} s", Unreachable: true),
            QmpResult<T>.Lost(var fault) => new(fault.Detail, Unreachable: true),
            _ => throw new InvalidOperationException(),
        };
}
