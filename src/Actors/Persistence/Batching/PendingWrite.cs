namespace VmSupervisor.Actors.Persistence.Batching;

/// <summary>A write on its way, and the answer its writer waits for. The first answer counts.</summary>
internal sealed class PendingWrite(JournalWrite write)
{
    // The writer's continuation must not run on the store's thread, nor under the queue's lock.
#pragma warning disable RS0030 // Not an actor: whoever awaits must not go on on the thread that writes.
    private readonly TaskCompletionSource<AppendResult> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
#pragma warning restore RS0030
    private CancellationTokenRegistration cancellation;

    public JournalWrite Write => write;

    public Task<AppendResult> Answer => answer.Task;

    /// <summary>By when it is answered at the latest, as a timestamp of the queue's clock.</summary>
    public long Deadline { get; set; }

    public void CancelWith(CancellationTokenRegistration registration)
    {
        cancellation = registration;
        if (answer.Task.IsCompleted)
            registration.Dispose(); // Answered in between: nobody else will.
    }

    public void Complete(AppendResult result)
    {
        if (answer.TrySetResult(result))
            cancellation.Dispose();
    }

    public void Cancel(CancellationToken cancellationToken) => answer.TrySetCanceled(cancellationToken);
}
