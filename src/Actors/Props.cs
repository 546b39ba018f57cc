using VmSupervisor.Actors.Supervision;

namespace VmSupervisor.Actors;

/// <summary>How an actor is made, each time it is started or restarted.</summary>
public sealed record Props
{
    private Props(Func<Actor> factory, Type actorType)
    {
        Factory = factory;
        ActorType = actorType;
    }

    internal Func<Actor> Factory { get; }

    /// <summary>The class of the actor.</summary>
    public Type ActorType { get; }

    /// <summary>How this actor supervises its children; null leaves it to the actor's own strategy.</summary>
    public SupervisorStrategy? SupervisorStrategy { get; private init; }

    /// <summary>Props from a factory that makes a new actor at every call.</summary>
    public static Props Create<T>(Func<T> factory)
        where T : Actor => new(factory, typeof(T));

    /// <summary>The same, with a strategy for supervising the actor's children.</summary>
    public Props WithSupervisorStrategy(SupervisorStrategy strategy) => this with { SupervisorStrategy = strategy };
}
