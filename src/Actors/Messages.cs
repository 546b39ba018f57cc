using VmSupervisor.Actors.Kernel;

namespace VmSupervisor.Actors;

/// <summary>Stops the actor when it reaches it in the mailbox: what was sent before is handled first.</summary>
public sealed class PoisonPill : IAutoReceived
{
    private PoisonPill() { }

    /// <summary>The message.</summary>
    public static PoisonPill Instance { get; } = new();

    void IAutoReceived.Deliver(ActorCell cell) => cell.StopSelf(cause: null);
}

/// <summary>Makes the actor fail with <see cref="ActorKilledException"/>; its supervisor decides (by default: stop).</summary>
public sealed class Kill : IAutoReceived
{
    private Kill() { }

    /// <summary>The message.</summary>
    public static Kill Instance { get; } = new();

    void IAutoReceived.Deliver(ActorCell cell) => throw new ActorKilledException($"{cell.Self.Path} was killed");
}

/// <summary>Says that a watched actor has stopped; delivered exactly once per watch.</summary>
public sealed class Terminated
{
    internal Terminated(IActorRef actor, Exception? cause)
    {
        Actor = actor;
        Cause = cause;
    }

    /// <summary>Who has stopped.</summary>
    public IActorRef Actor { get; }

    /// <summary>Why, when it was a failure that stopped it; null for an ordinary stop.</summary>
    public Exception? Cause { get; }

    /// <inheritdoc />
    public override string ToString() => $"Terminated({Actor.Path})";

    /// <summary>Stands in the watcher's mailbox until its turn comes, if it is still wanted then.</summary>
    internal sealed class Notice(Terminated terminated) : IAutoReceived
    {
        void IAutoReceived.Deliver(ActorCell cell) => cell.DeliverTerminated(terminated);
    }
}

/// <summary>No message came for as long as <see cref="IActorContext.SetReceiveTimeout"/> said.</summary>
public sealed class ReceiveTimeout
{
    private ReceiveTimeout() { }

    /// <summary>The message.</summary>
    public static ReceiveTimeout Instance { get; } = new();
}

/// <summary>A message that does not restart the receive timeout.</summary>
public interface INotInfluenceReceiveTimeout;

/// <summary>An answer that makes an <c>Ask</c> fail.</summary>
/// <param name="Cause">What the task of the asker will throw.</param>
public sealed record Failure(Exception Cause);

/// <summary>A message that nobody received.</summary>
/// <param name="Message">The message.</param>
/// <param name="Sender">Who sent it, or null.</param>
/// <param name="Recipient">For whom it was.</param>
public sealed record DeadLetter(object Message, IActorRef? Sender, IActorRef Recipient);

/// <summary>A message that its receiver did not know what to do with.</summary>
/// <param name="Message">The message.</param>
/// <param name="Sender">Who sent it, or null.</param>
/// <param name="Recipient">Who did not handle it.</param>
public sealed record UnhandledMessage(object Message, IActorRef? Sender, IActorRef Recipient);
