namespace VmSupervisor.Actors;

/// <summary>What an actor can do besides its own work. Only to be used while the actor handles a message or a lifecycle call.</summary>
public interface IActorContext
{
    /// <summary>The system.</summary>
    ActorSystem System { get; }

    /// <summary>The actor itself.</summary>
    IActorRef Self { get; }

    /// <summary>Who sent the message that is being handled; dead letters when nobody is to be answered.</summary>
    IActorRef Sender { get; }

    /// <summary>The parent.</summary>
    IActorRef Parent { get; }

    /// <summary>The living children.</summary>
    IReadOnlyList<IActorRef> Children { get; }

    /// <summary>Where the actor and its effects run.</summary>
    IDispatcher Dispatcher { get; }

    /// <summary>The actor's timers.</summary>
    ITimers Timers { get; }

    /// <summary>Messages put aside for later.</summary>
    IStash Stash { get; }

    /// <summary>The living child of that name, or null.</summary>
    IActorRef? Child(string name);

    /// <summary>Creates a child.</summary>
    /// <param name="props">How it is made.</param>
    /// <param name="name">Its name among its siblings; null for a generated one.</param>
    /// <exception cref="InvalidActorNameException">The name is not allowed or taken.</exception>
    /// <exception cref="InvalidOperationException">This actor is stopping.</exception>
    IActorRef ActorOf(Props props, string? name = null);

    /// <summary>Stops a child or this actor after the message it is handling; its children first.</summary>
    /// <param name="actor">A child, or <see cref="Self"/>.</param>
    /// <param name="cause">What <see cref="Terminated.Cause"/> will say; null for an ordinary stop.</param>
    /// <exception cref="ArgumentException">It is neither a child nor this actor.</exception>
    void Stop(IActorRef actor, Exception? cause = null);

    /// <summary>
    /// Asks for one <see cref="Terminated"/> when the actor has stopped, or now if it has already. Watching twice
    /// is watching once. A watch outlives restarts of the watcher.
    /// </summary>
    /// <returns>The watched actor.</returns>
    IActorRef Watch(IActorRef actor);

    /// <summary>Takes a watch back; from now on no <see cref="Terminated"/> comes, even if one is in the mailbox.</summary>
    /// <returns>The actor.</returns>
    IActorRef Unwatch(IActorRef actor);

    /// <summary>
    /// Has <see cref="ReceiveTimeout"/> delivered whenever no message came for that long (again after every such
    /// time); null ends it.
    /// </summary>
    void SetReceiveTimeout(TimeSpan? timeout);

    /// <summary>
    /// Does work outside of the actor, on the dispatcher, and tells this life of the actor its outcome. When the
    /// actor restarts or stops, the work is cancelled and its outcome goes to dead letters.
    /// </summary>
    /// <param name="work">The work; starts soon, not within this call. It must not touch the actor.</param>
    /// <param name="success">The message for a result; must not touch the actor.</param>
    /// <param name="failure">The message for a failure, also of <paramref name="success"/>; must not touch the actor.</param>
    /// <returns>A handle to cancel the work; its outcome comes all the same.</returns>
    IEffect PipeToSelf<T>(
        Func<CancellationToken, Task<T>> work, Func<T, object> success, Func<Exception, object> failure);
}
