namespace VmSupervisor.Actors.Persistence;

/// <summary>What an append carries besides its events.</summary>
public sealed record PersistOptions
{
    /// <summary>Answers to be written in the same transaction; one whose key is taken is left out, the rest is written.</summary>
    public IReadOnlyList<Receipt> Receipts { get; init; } = [];

    /// <summary>Which appends go through when the store is nearly full.</summary>
    public AppendPriority Priority { get; init; }

    /// <summary>
    /// Called instead of the handler when nothing was written, for certain; by default
    /// <see cref="PersistentActor.OnPersistRejected"/> is.
    /// </summary>
    public Action<Exception>? Rejected { get; init; }
}
