namespace VmSupervisor.Actors.TestKit;

/// <summary>Tasks as items of the steppable dispatcher; never inline, so that the seed decides when each runs.</summary>
internal sealed class StepScheduler(SteppableDispatcher dispatcher) : TaskScheduler
{
    public override int MaximumConcurrencyLevel => 1;

    protected override void QueueTask(Task task) => dispatcher.Execute(new Item(this, task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private sealed class Item(StepScheduler scheduler, Task task) : IThreadPoolWorkItem
    {
        public void Execute() => scheduler.TryExecuteTask(task);

        public override string ToString() => "task";
    }
}
