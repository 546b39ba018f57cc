using VmSupervisor.Actors.Kernel;

namespace VmSupervisor.Actors;

/// <summary>Where messages end that have no receiver; itself an actor reference to which they can be told.</summary>
public sealed class DeadLetters : IInternalActorRef
{
    private readonly ActorSystem _system;
    private readonly Broadcast<DeadLetter> _subscribers;

    internal DeadLetters(ActorSystem system, ActorPath root)
    {
        _system = system;
        _subscribers = new Broadcast<DeadLetter>(system.Logger);
        Path = new ActorPath(root, "deadLetters", 0);
    }

    /// <inheritdoc />
    public ActorPath Path { get; }

    ActorSystem IInternalActorRef.System => _system;

    /// <summary>
    /// Calls a handler for every dead letter from now on, on the thread that found it; the handler must be quick and
    /// thread-safe. Disposing the result ends it.
    /// </summary>
    public IDisposable Subscribe(Action<DeadLetter> handler) => _subscribers.Subscribe(handler);

    /// <inheritdoc />
    public void Tell(object message, IActorRef? sender = null) =>
        Publish(message as DeadLetter ?? new DeadLetter(message, sender, this));

    void IInternalActorRef.SendSystem(SystemMessage message)
    {
        if (message is SystemMessage.Watch watch)
        {
            watch.Watcher.SendSystem(new SystemMessage.DeathNotice(this, null));
        }
    }

    internal void Publish(DeadLetter letter)
    {
        _system.LogDeadLetter(letter);
        _subscribers.Publish(letter);
    }
}
