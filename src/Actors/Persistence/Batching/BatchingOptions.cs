namespace VmSupervisor.Actors.Persistence.Batching;

/// <summary>The limits of a <see cref="BatchingWriter"/>.</summary>
public sealed record BatchingOptions
{
    /// <summary>
    /// How many writes may wait for the store; the next ones wait for a place. Default 4096: some hundred batches'
    /// worth of patience for a slow disk, and a bound for memory.
    /// </summary>
    public int QueueLimit { get; init; } = 4096;

    /// <summary>
    /// How long a write waits for a place in the queue before it is rejected. Default 5 s: longer than any hiccup of
    /// a disk that still works, shorter than the patience of a person.
    /// </summary>
    public TimeSpan PlaceTimeLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long after it got its place a write is answered at the latest: rejected if the store has not begun it,
    /// unknown if it has. Default 10 s.
    /// </summary>
    public TimeSpan CommitTimeLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many writes share a commit at most. Default 256: beyond that the sync is paid for, and the first of the
    /// batch would only wait for the last.
    /// </summary>
    public int BatchLimit { get; init; } = 256;

    /// <summary>
    /// How many bytes of payload share a commit at most; one write of more goes alone. Default 1 MiB, so that a
    /// large snapshot does not hold up many small appends.
    /// </summary>
    public long BatchBytes { get; init; } = 1 << 20;

    /// <summary>
    /// How long after a failed attempt to occupy the reserve again the next one is made. Default 1 s: an attempt on
    /// a full disk costs as much as a commit.
    /// </summary>
    public TimeSpan RestoreInterval { get; init; } = TimeSpan.FromSeconds(1);

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(QueueLimit);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BatchLimit);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BatchBytes);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(PlaceTimeLimit, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(CommitTimeLimit, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(RestoreInterval, TimeSpan.Zero);
    }
}
