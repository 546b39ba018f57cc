
namespace VmSupervisor.Supervisor.Tests.Migration;

/// <summary>Runs everything asynchronous on the test's own thread, one after the other, so that a test in virtual time is the same every time.</summary>
internal sealed class Pump : SynchronizationContext, IDisposable
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = new();
    private readonly SynchronizationContext? _before = Current;
    private readonly int _thread = Environment.CurrentManagedThreadId;

    public Pump() => SetSynchronizationContext(this);

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId != _thread)
            throw new InvalidOperationException("something left the test's thread");
        _queue.Enqueue((d, state));
    }

    /// <summary>Until nothing is left to do at this moment.</summary>
    public void Settle()
    {
        while (_queue.TryDequeue(out var next))
            next.Callback(next.State);
    }

    /// <summary>What a task gives that needs no time to go by.</summary>
    public T Now<T>(Task<T> task)
    {
        Settle();
        Assert.True(task.IsCompleted, "it waits for something");
        return task.GetAwaiter().GetResult();
    }

    public PeerFault Fails<PeerFault>(Task task)
        where PeerFault : Exception
    {
        Settle();
        Assert.True(task.IsFaulted, "it has not failed");
        return Assert.IsType<PeerFault>(task.Exception!.InnerException);
    }

    public void Dispose() => SetSynchronizationContext(_before);
}
