namespace VmSupervisor.Actors;

/// <summary>The base of what the kernel itself reports.</summary>
public abstract class ActorException : Exception
{
    private protected ActorException(string message, Exception? cause = null)
        : base(message, cause) { }
}

/// <summary>A name is not allowed or is still taken by a sibling (a stopping actor keeps its name until it is gone).</summary>
public sealed class InvalidActorNameException : ActorException
{
    internal InvalidActorNameException(string message)
        : base(message) { }
}

/// <summary>An actor's constructor, <c>PreStart</c> or <c>PostRestart</c> failed.</summary>
public sealed class ActorInitializationException : ActorException
{
    internal ActorInitializationException(string message, Exception cause)
        : base(message, cause) { }
}

/// <summary>The actor received <see cref="Kill"/>.</summary>
public sealed class ActorKilledException : ActorException
{
    internal ActorKilledException(string message)
        : base(message) { }
}

/// <summary>The actor watched another one and did not handle its <see cref="Terminated"/>.</summary>
public sealed class DeathPactException : ActorException
{
    internal DeathPactException(Terminated terminated)
        : base($"{terminated.Actor.Path} terminated and its watcher did not handle it", terminated.Cause) { }
}

/// <summary>There was no answer to an <c>Ask</c> in time.</summary>
public sealed class AskTimeoutException : ActorException
{
    internal AskTimeoutException(string message)
        : base(message) { }
}

/// <summary>The answer to an <c>Ask</c> is not of the type that was asked for.</summary>
public sealed class AskTypeException : ActorException
{
    internal AskTypeException(string message)
        : base(message) { }
}
