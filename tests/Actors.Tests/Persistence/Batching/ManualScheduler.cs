namespace VmSupervisor.Actors.Tests.Persistence.Batching;

/// <summary>Runs what is scheduled when it is told to, on the caller's thread, in order.</summary>
internal sealed class ManualScheduler : TaskScheduler
{
    private readonly Queue<Task> tasks = new();

    public void RunAll()
    {
        while (tasks.TryDequeue(out var task))
            TryExecuteTask(task);
    }

    protected override void QueueTask(Task task) => tasks.Enqueue(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => tasks;
}
