namespace VmSupervisor.Actors.Kernel;

/// <summary>The end of a system, and those who wait for it.</summary>
internal sealed class Termination(ActorSystem system) : IThreadPoolWorkItem
{
    private readonly TaskCompletionSource _ended = new();

    public Task Task => _ended.Task;

    public void Execute() => _ended.TrySetResult();

    public async Task WaitAsync(TimeSpan limit)
    {
        var overdue = new TaskCompletionSource();
        var late = new Item(() => overdue.TrySetResult());
        using var timer = system.Time.CreateTimer(_ => system.Dispatcher.Execute(late), null, limit, Timeout.InfiniteTimeSpan);
        if (await Task.WhenAny(_ended.Task, overdue.Task) != _ended.Task)
        {
            throw new TimeoutException(
                $"{system.Name} has not stopped within {limit}; still there: {string.Join(", ", system.Living())}");
        }
    }

    private sealed class Item(Action run) : IThreadPoolWorkItem
    {
        public void Execute() => run();
    }
}
