using VmSupervisor.Domain;

namespace VmSupervisor.Model.Worlds;

/// <summary>The production rules. Mutants override them, one each.</summary>
internal class Rules
{
    /// <summary>How patient it is; time is not modelled, so only counts matter.</summary>
    public Limits Limits { get; init; } = new();

    public virtual string Name => "production";

    public virtual Decision Decide(VmState state, Input input) => state.Decide(input, Limits);

    public virtual VmState Evolve(VmState state, Event e) => Evolution.Evolve(state, e);

    public virtual IEnumerable<Effect> Wanted(VmState state) => Outstanding.Of(state, Limits);

    // What the world around the domain does right; mutants do it wrong.

    /// <summary>Bringing up, extinguishing and releasing exclude each other.</summary>
    public virtual bool HasGate => true;

    /// <summary>A phase's hooks begin only for who creates the claim.</summary>
    public virtual bool HooksAreClaimed => true;

    /// <summary>Events are durable before effects begin.</summary>
    public virtual bool AppendsFirst => true;

    /// <summary>A closed life's claims are forgotten only when no hook effect of it is under way.</summary>
    public virtual bool ClaimsWaitForHooks => true;
}
