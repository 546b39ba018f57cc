using System.Collections.Concurrent;

namespace VmSupervisor.Journal.Sqlite.Writing;

/// <summary>
/// One thread that runs tasks in their order. The writing connection belongs to it: a sync of the disk blocks this
/// thread and no other.
/// </summary>
internal sealed class WriterThread : TaskScheduler
{
    private readonly BlockingCollection<Task> tasks = [];
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WriterThread(string name)
    {
        // A background thread: a disk that hangs in a sync must not keep the process from ending.
        var thread = new Thread(Run) { Name = name, IsBackground = true };
        thread.Start();
    }

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Completes when all tasks have run after <see cref="Finish"/>.</summary>
    public Task Ended => ended.Task;

    public void Finish() => tasks.CompleteAdding();

    protected override void QueueTask(Task task) => tasks.Add(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => tasks;

    private void Run()
    {
        foreach (var task in tasks.GetConsumingEnumerable())
            TryExecuteTask(task);
        ended.SetResult();
    }
}
