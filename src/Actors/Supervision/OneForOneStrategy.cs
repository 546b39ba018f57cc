namespace VmSupervisor.Actors.Supervision;

/// <summary>What is decided for a child that failed concerns that child alone.</summary>
public sealed class OneForOneStrategy : SupervisorStrategy
{
    /// <summary>How many restarts a child has within <see cref="Window"/>; the next failure stops it. Null: no limit.</summary>
    public int? MaxRestarts { get; init; }

    /// <summary>The window that begins with the first restart; null: all time.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary>How long a restart waits; null: not at all.</summary>
    public ExponentialBackoff? Backoff { get; init; }

    /// <summary>Chooses by the failure.</summary>
    public Func<Exception, Directive> Decider { get; init; } = DefaultDecider;

    internal override RestartRule Rule => new(MaxRestarts, Window, Backoff);

    /// <summary>Stop for an actor that could not be created or was killed, restart for everything else.</summary>
    public static Directive DefaultDecider(Exception cause) => cause switch
    {
        ActorInitializationException or ActorKilledException => Directive.Stop,
        _ => Directive.Restart,
    };

    internal override Directive Decide(Exception cause) => Decider(cause);
}
