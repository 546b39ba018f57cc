using System.Diagnostics.CodeAnalysis;

namespace VmSupervisor.Actors.Kernel;

/// <summary>
/// The asker of an Ask: takes one answer. The task is completed by an item of its own on the dispatcher, with
/// nothing else on the stack, so its continuations may run right there: neither inside somebody's turn nor on a
/// thread that the dispatcher does not know (as RunContinuationsAsynchronously would have it).
/// </summary>
internal sealed class Promise<T> : IInternalActorRef, IThreadPoolWorkItem
{
    private readonly TaskCompletionSource<T> _task = new();
    private Action<TaskCompletionSource<T>>? _outcome;
    private ITimer? _timer;
    private CancellationTokenRegistration _registration;
    private List<IInternalActorRef>? _watchers = [];

    public Promise(ActorSystem system, ActorPath path)
    {
        System = system;
        Path = path;
    }

    public ActorPath Path { get; }

    public ActorSystem System { get; }

    public Task<T> Task => _task.Task;

    public void Start(IActorRef target, object message, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            var timer = System.Time.CreateTimer(
                _ => TryEnd(t => t.TrySetException(new AskTimeoutException(
                    $"{target.Path} did not answer {message.GetType().Name} within {timeout}"))),
                null, timeout, Timeout.InfiniteTimeSpan);
            _timer = timer;
        }

        _registration = cancellationToken.Register(() => TryEnd(t => t.TrySetCanceled(cancellationToken)));
        target.Tell(message, this);
    }

    public void Tell(object message, IActorRef? sender = null)
    {
        var ended = TryEnd(message switch
        {
            T answer => t => t.TrySetResult(answer),
            Failure failure => t => t.TrySetException(failure.Cause),
            _ => t => t.TrySetException(new AskTypeException(
                $"asked for {typeof(T).Name}, but {sender?.Path.ToString() ?? "somebody"} answered {message.GetType().Name}")),
        });
        if (!ended)
        {
            System.DeadLetters.Publish(new DeadLetter(message, sender, this));
        }
    }

    public void SendSystem(SystemMessage message)
    {
        switch (message)
        {
            case SystemMessage.Watch watch when !TryAddWatcher(watch.Watcher):
                watch.Watcher.SendSystem(new SystemMessage.DeathNotice(this, null));
                break;
            case SystemMessage.Unwatch unwatch:
                lock (_task)
                {
                    _watchers?.Remove(unwatch.Watcher);
                }

                break;
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        _timer?.Dispose();
        _registration.Dispose();
        _outcome!(_task);
        List<IInternalActorRef>? watchers;
        lock (_task)
        {
            (watchers, _watchers) = (_watchers, null);
        }

        foreach (var watcher in watchers ?? [])
        {
            watcher.SendSystem(new SystemMessage.DeathNotice(this, null));
        }
    }

    public override string ToString() => Path.ToString();

    private bool TryAddWatcher(IInternalActorRef watcher)
    {
        lock (_task)
        {
            _watchers?.Add(watcher);
            return _watchers is not null;
        }
    }

    private bool TryEnd(Action<TaskCompletionSource<T>> outcome)
    {
        if (Interlocked.CompareExchange(ref _outcome, outcome, null) is not null)
        {
            return false;
        }

        System.Dispatcher.Execute(this);
        return true;
    }
}
