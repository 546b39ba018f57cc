namespace VmSupervisor.Domain;

/// <summary>One message for a VM, with the time at which it was taken up.</summary>
internal abstract record Input(DateTimeOffset At)
{
    /// <summary>A wish, with the operation that it becomes if it is accepted.</summary>
    public sealed record Asked(Operation Operation, Wish Wish, DateTimeOffset At) : Input(At);

    /// <summary>The other node of a session says something.</summary>
    public sealed record Told(PeerNote Note, DateTimeOffset At) : Input(At);

    public sealed record Seen(Observation Observation, DateTimeOffset At) : Input(At);
}
