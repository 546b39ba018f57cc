namespace VmSupervisor.Actors;

/// <summary>What can be done with a reference besides telling it something.</summary>
public static class ActorRefExtensions
{
    /// <summary>Passes a message on with the sender of the message that is being handled.</summary>
    /// <param name="target">Who gets it.</param>
    /// <param name="message">The message.</param>
    /// <param name="context">The context of the forwarding actor.</param>
    public static void Forward(this IActorRef target, object message, IActorContext context) =>
        target.Tell(message, context.Sender);

    /// <summary>
    /// Sends a message and gives the first answer. The task ends on the dispatcher of the target's system.
    /// </summary>
    /// <typeparam name="T">What the answer must be.</typeparam>
    /// <param name="target">Who is asked; an actor of an <see cref="ActorSystem"/> of this process.</param>
    /// <param name="message">The question.</param>
    /// <param name="timeout">How long to wait, by the system's clock; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Gives up waiting; the question may still be answered into the void.</param>
    /// <exception cref="AskTimeoutException">There was no answer in time.</exception>
    /// <exception cref="AskTypeException">The answer was not a <typeparamref name="T"/>.</exception>
    /// <exception cref="ArgumentException">The target does not belong to an actor system of this process.</exception>
    public static Task<T> Ask<T>(
        this IActorRef target, object message, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        target is Kernel.IInternalActorRef local
            ? local.System.Ask<T>(target, message, timeout, cancellationToken)
            : throw new ArgumentException(
                $"ask {target.Path}: the target is not of this process; use ActorSystem.Ask", nameof(target));
}
