namespace VmSupervisor.Actors.Supervision;

/// <summary>How a parent treats the failures of its children.</summary>
public abstract class SupervisorStrategy
{
    private protected SupervisorStrategy() { }

    /// <summary>
    /// One for one, no limit, no backoff. An actor that could not be created or was killed is stopped, any other
    /// failure restarts.
    /// </summary>
    public static SupervisorStrategy Default { get; } = new OneForOneStrategy();

    /// <summary>Stops every child that fails.</summary>
    public static SupervisorStrategy Stopping { get; } = new OneForOneStrategy { Decider = static _ => Directive.Stop };

    internal abstract Directive Decide(Exception cause);

    internal abstract RestartRule Rule { get; }

    internal sealed record RestartRule(int? MaxRestarts, TimeSpan? Window, ExponentialBackoff? Backoff);
}
