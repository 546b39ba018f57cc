using VmSupervisor.Actors.Kernel;
using VmSupervisor.Actors.Supervision;

namespace VmSupervisor.Actors;

/// <summary>
/// The base of all actors: handles one message at a time and never waits inside one. Work in the world goes through
/// <see cref="IActorContext.PipeToSelf{T}"/>. The context does not exist yet in the constructor; use
/// <see cref="PreStart"/>.
/// </summary>
public abstract class Actor
{
    private ActorCell? _cell;
    private Action<object>? _behaviour;

    /// <summary>What the actor can do besides its own work.</summary>
    /// <exception cref="InvalidOperationException">Used in the constructor.</exception>
    protected IActorContext Context =>
        _cell ?? throw new InvalidOperationException($"{GetType().Name} used its context in its constructor; use PreStart");

    /// <summary>This actor.</summary>
    protected IActorRef Self => Context.Self;

    /// <summary>Who sent the message that is being handled; dead letters when nobody is to be answered.</summary>
    protected IActorRef Sender => Context.Sender;

    /// <summary>How this actor supervises its children, unless its props say otherwise.</summary>
    protected virtual SupervisorStrategy SupervisorStrategy => SupervisorStrategy.Default;

    private protected ActorCell Cell => (ActorCell)Context;

    /// <summary>Handles a message. What it does not know goes to <see cref="Unhandled"/>.</summary>
    protected abstract void OnReceive(object message);

    /// <summary>Called once, before the first message.</summary>
    protected virtual void PreStart() { }

    /// <summary>Called once, after the last message, when all children have stopped.</summary>
    protected virtual void PostStop() { }

    /// <summary>
    /// Called on the failed actor before it is replaced. By default stops all children and calls
    /// <see cref="PostStop"/>.
    /// </summary>
    /// <param name="cause">The failure.</param>
    /// <param name="message">The message it failed at, or null.</param>
    protected virtual void PreRestart(Exception cause, object? message)
    {
        foreach (var child in Context.Children)
        {
            Context.Stop(child);
        }

        PostStop();
    }

    /// <summary>Called on the new actor after a restart. By default calls <see cref="PreStart"/>.</summary>
    protected virtual void PostRestart(Exception cause) => PreStart();

    /// <summary>
    /// Takes a message the actor does not know: publishes it, and fails with <see cref="DeathPactException"/> when
    /// it is <see cref="Terminated"/>.
    /// </summary>
    protected virtual void Unhandled(object message) => Cell.PublishUnhandled(message);

    /// <summary>Handles messages with another method from the next one on.</summary>
    protected void Become(Action<object> behaviour) => _behaviour = behaviour;

    /// <summary>Goes back to <see cref="OnReceive"/>.</summary>
    protected void Unbecome() => _behaviour = null;

    /// <summary>Whether the state can be trusted after a failure, so that the supervisor may resume.</summary>
    internal virtual bool CanResume => true;

    internal SupervisorStrategy StrategyForChildren => SupervisorStrategy;

    internal void Attach(ActorCell cell) => _cell = cell;

    internal void Receive(object message)
    {
        if (_behaviour is { } behaviour)
        {
            behaviour(message);
        }
        else
        {
            OnReceive(message);
        }
    }

    internal void Start()
    {
        PreStart();
        Started();
    }

    internal void Restart(Exception cause)
    {
        PostRestart(cause);
        Started();
    }

    internal void BeforeRestart(Exception cause, object? message) => PreRestart(cause, message);

    internal void AfterStop() => PostStop();

    /// <summary>The start is over, whatever was overridden; a persistent actor begins its recovery.</summary>
    private protected virtual void Started() { }
}
