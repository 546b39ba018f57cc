namespace VmSupervisor.Actors.Persistence.Batching;

/// <summary>
/// The store under a <see cref="BatchingWriter"/>: it executes batches, one at a time, and knows nothing of queues,
/// time limits and priorities. All calls come from the writer's scheduler and never overlap.
/// </summary>
public interface IBatchStore
{
    /// <summary>
    /// Executes the writes in order, in one durable transaction. A write that cannot be done (an append whose stream
    /// is not at the expected version, say) is left out and never fails the others. An exception counts as
    /// <see cref="BatchResult.Unknown"/>.
    /// </summary>
    ValueTask<BatchResult> CommitAsync(IReadOnlyList<JournalWrite> batch);

    /// <summary>Housekeeping in a small portion, called when the writers of a batch have been answered.</summary>
    ValueTask MaintainAsync();
}
