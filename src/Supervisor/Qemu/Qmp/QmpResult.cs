namespace VmSupervisor.Qemu.Qmp;

/// <summary>What became of a command.</summary>
/// <typeparam name="T">What it returns.</typeparam>
internal abstract record QmpResult<T>
{
    private QmpResult()
    {
    }

    /// <summary>QEMU did it.</summary>
    /// <param name="Value">What it returned.</param>
    /// <param name="Sequence">Its place among all that came over the connection: events with a smaller number came before.</param>
    public sealed record Returned(T Value, long Sequence) : QmpResult<T>;

    /// <summary>QEMU said no.</summary>
    /// <param name="Class">The error's class: <c>GenericError</c>, <c>CommandNotFound</c>, …</param>
    /// <param name="Description">QEMU's words.</param>
    public sealed record Refused(string Class, string Description) : QmpResult<T>;

    /// <summary>There was no answer in time; it may or may not have happened, or happen yet.</summary>
    /// <param name="Deadline">How long it was waited for.</param>
    public sealed record Unanswered(TimeSpan Deadline) : QmpResult<T>;

    /// <summary>The connection ended before the answer; it may or may not have happened.</summary>
    /// <param name="Fault">Why it ended.</param>
    public sealed record Lost(QmpFault Fault) : QmpResult<T>;

    /// <summary>The same outcome, with the value read by <paramref name="read"/>; a value it cannot read is malformed.</summary>
    public QmpResult<TOther> Select<TOther>(Func<T, TOther?> read)
        where TOther : class => this switch
        {
            Returned(var value, var sequence) => read(value) is { } other
                ? new QmpResult<TOther>.Returned(other, sequence)
                : new QmpResult<TOther>.Lost(new(QmpFaultKind.Malformed, $"the monitor returned something else than was asked for: {QmpJson.Excerpt(value?.ToString())}")),
            Refused(var @class, var description) => new QmpResult<TOther>.Refused(@class, description),
            Unanswered(var deadline) => new QmpResult<TOther>.Unanswered(deadline),
            Lost(var fault) => new QmpResult<TOther>.Lost(fault),
            _ => throw new InvalidOperationException(),
        };
}
