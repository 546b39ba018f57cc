namespace VmSupervisor.Migration;

/// <summary>Whichever of two is over first.</summary>
internal static class FirstOf
{
    /// <summary>
    /// As <see cref="Task.WhenAny(Task, Task)"/>, but goes on where it was awaited: that one may go on on the thread pool, and a
    /// seeded run would not be the same run.
    /// </summary>
    public static Task<Task> Async(Task one, Task other)
    {
        var first = new TaskCompletionSource<Task>();
        _ = TellAsync(one);
        _ = TellAsync(other);
        return first.Task;

        async Task TellAsync(Task task)
        {
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            first.TrySetResult(task);
        }
    }
}
