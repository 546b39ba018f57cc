namespace VmSupervisor.Actors.Kernel;

/// <summary>
/// Two queues and a scheduled flag. Whoever posts and finds the flag down raises it and gives the mailbox to the
/// dispatcher; one turn handles all system messages and, before each next one, at most so many user messages as the
/// throughput says. So an actor is on at most one thread, and none is starved by a busy one.
/// </summary>
internal sealed class Mailbox(ActorCell cell) : IThreadPoolWorkItem
{
    private readonly MessageQueue _user = new();
    private SystemMessage? _system;
    private int _scheduled;

    public void Post(object message, IActorRef? sender)
    {
        _user.Enqueue(message, sender);
        Schedule();
    }

    public void PostSystem(SystemMessage message)
    {
        var head = Volatile.Read(ref _system);
        SystemMessage? seen;
        do
        {
            seen = head;
            message.Next = seen;
            head = Interlocked.CompareExchange(ref _system, message, seen);
        }
        while (head != seen);

        Schedule();
    }

    public bool TryDequeue(out Envelope envelope) => _user.TryDequeue(out envelope);

    public bool HasUserMessages => !_user.IsEmpty;

    public void Execute()
    {
        HandleSystemMessages();
        for (var left = cell.System.Throughput; left > 0 && cell.TryNext(out var envelope); left--)
        {
            cell.Invoke(envelope);
            HandleSystemMessages();
        }

        // A full fence: either this turn sees what was posted meanwhile, or the poster sees the flag down.
        Interlocked.Exchange(ref _scheduled, 0);
        if (Volatile.Read(ref _system) is not null || cell.HasNext)
        {
            Schedule();
        }
    }

    /// <summary>The name of the turn, for whoever traces a dispatcher.</summary>
    public override string ToString() => cell.Self.Path.ToString();

    private void Schedule()
    {
        if (Interlocked.CompareExchange(ref _scheduled, 1, 0) == 0)
        {
            cell.System.Dispatcher.Execute(this);
        }
    }

    private void HandleSystemMessages()
    {
        while (Volatile.Read(ref _system) is not null)
        {
            var oldest = Reverse(Interlocked.Exchange(ref _system, null));
            while (oldest is not null)
            {
                var next = oldest.Next;
                oldest.Next = null;
                cell.HandleSystem(oldest);
                oldest = next;
            }
        }
    }

    private static SystemMessage? Reverse(SystemMessage? newest)
    {
        SystemMessage? result = null;
        while (newest is not null)
        {
            var next = newest.Next;
            newest.Next = result;
            result = newest;
            newest = next;
        }

        return result;
    }
}
