namespace VmSupervisor.Actors;

/// <summary>The handle of an actor: all that others know of it.</summary>
public interface IActorRef
{
    /// <summary>Where the actor stands in the hierarchy, and which life of that name it is.</summary>
    ActorPath Path { get; }

    /// <summary>
    /// Puts a message into the actor's mailbox and returns at once. Messages of one sender to one actor keep their
    /// order. A message to an actor that has stopped goes to <see cref="ActorSystem.DeadLetters"/>. Never throws
    /// for the state of the actor.
    /// </summary>
    /// <param name="message">The message; by convention immutable.</param>
    /// <param name="sender">Whom the actor may answer; null for nobody.</param>
    void Tell(object message, IActorRef? sender = null);
}
