namespace VmSupervisor.Actors;

/// <summary>Runs actors on the threads of the .NET thread pool.</summary>
public sealed class ThreadPoolDispatcher : IDispatcher
{
#pragma warning disable RS0030 // The one place in the kernel that may know the thread pool.
    /// <inheritdoc />
    public TaskScheduler Scheduler => TaskScheduler.Default;

    /// <inheritdoc />
    public void Execute(IThreadPoolWorkItem item) => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
#pragma warning restore RS0030
}
