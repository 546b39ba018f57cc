using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Domain;

/// <summary>
/// Everything a VM's actor knows: the sum of its events, and nothing else.
/// </summary>
/// <remarks>
/// <code>
///               define                    start
///  Undefined ───────────▶ CleanedUp ──────────────▶ Starting ───────▶ Running
///      ▲                   ▲  │  ▲                     │  failed,        │  stop, shutdown,
///      └───────────────────┘  │  │                     │  stopped        │  power-off, crash
///            undefine         │  │                     ▼                 │
///                             │  └────────────────  Stopping ◀───────────┘
///                             └─ release kept ─────▶   │   └── shutdown timed out ──▶ Running
/// </code>
/// There is one way into <see cref="CleanedUp"/>: through <see cref="Stopping"/>, once per incarnation.
/// </remarks>
internal abstract record VmState
{
    /// <summary>The last incarnation that was ever begun; 0 before the first. Survives undefine, so that no number is used twice.</summary>
    public Incarnation Last { get; init; }

    /// <summary>What is known of its moves between nodes.</summary>
    public Moves Moves { get; init; } = Moves.None;

    /// <summary>The number of the next life: above all that were begun here or on another node.</summary>
    public Incarnation NextNumber => (Last.Value < Moves.Reserved.Value ? Moves.Reserved : Last).Next();

    /// <summary>When this state was entered.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>The VM's answer to an input.</summary>
    public abstract Decision Decide(Input input, Limits limits);

    /// <summary>The life that is not closed yet; null when there is none.</summary>
    public virtual Life? Current => null;

    /// <summary>The operations that have not ended, oldest first.</summary>
    public virtual IEnumerable<Operation> Operations => [];

    /// <summary>The operation of a migration whose verdict is not known.</summary>
    protected IEnumerable<Operation> OfHandover => Moves.Handover is { } handover ? [handover.Operation] : [];
}

/// <summary>A state in which the VM is defined.</summary>
internal abstract record Known : VmState
{
    /// <summary>What it is to be from its next start on.</summary>
    public required VmDefinition Definition { get; init; }

    /// <summary>What needs a person, a line each.</summary>
    public ValueList<string> Problems { get; init; } = [];

    /// <summary>When the restart policy started it again since it last ran well, oldest first.</summary>
    public ValueList<DateTimeOffset> Restarts { get; init; } = [];

    protected static Decision Refuse(string why) => new Decision.Refused(Refusal.Conflict, why);

    /// <summary>A changed definition never touches the current life.</summary>
    protected virtual Decision Define(Input.Asked asked, Wish.Define wish) => Define(new Draft(this), asked, wish).Accept();

    protected Draft Define(Draft draft, Input.Asked asked, Wish.Define wish)
    {
        var changed = wish.Definition != Definition;
        if (changed)
            draft.Add(new Event.Defined(asked.At, wish.Definition, asked.Operation));
        draft.End(asked.At, asked.Operation, Ending.Succeeded, (changed, Current) switch
        {
            (false, _) => "unchanged",
            (true, not null) => "takes effect at the next start",
            _ => "",
        });
        return draft;
    }

    /// <summary>A person decides that the target will never run it.</summary>
    protected Decision LoseTarget(Input.Asked asked, Limits limits) => Moves.Handover is { } handover
        ? Handovers.Decide(
            this, handover, Verdict.Aborted, $"{asked.Operation.By} has decided that node {handover.Session.Target} is lost", asked.At, limits, isTold: false,
            new Draft(this).End(asked.At, asked.Operation, Ending.Succeeded, ""))
        : Refuse("its place is not in doubt");

    /// <summary>The answer to who counts a source as lost that nothing waits for.</summary>
    protected const string NoSource = "it does not wait for a source";

    /// <summary>Gives up an operation that is under way, as far as it can be.</summary>
    protected Decision Cancel(Input.Asked asked, Wish.Cancel wish, Limits limits) => Operations.FirstOrDefault(o => o.Id == wish.Target) is { } target
        ? Moves.Handover?.Operation == target
            ? Refuse($"the {target.Kind} cannot be cancelled any more: {Handovers.WhyNot(Moves)}")
            : Cancel(asked, target, limits)
        : Refuse($"operation {wish.Target} is not under way; 'vmsup operations' lists those that are");

    protected virtual Decision Cancel(Input.Asked asked, Operation target, Limits limits) => Refuse($"the {target.Kind} cannot be cancelled");

    /// <summary>One operation is taken out of those that wait, and nothing else changes.</summary>
    protected Decision CancelWaiting(Input.Asked asked, Operation target) => new Draft(this)
        .End(asked.At, target, Ending.Cancelled, $"cancelled by {asked.Operation.By}")
        .End(asked.At, asked.Operation, Ending.Succeeded, $"the {target.Kind} is cancelled")
        .Accept();

    /// <summary>Whether an observation is about another life than the current one.</summary>
    protected bool IsLate(Observation observation) => Current is null || observation.Incarnation != Current.Number;

    protected static Decision Late(Observation observation) =>
        new Decision.Ignored($"late news of incarnation {observation.Incarnation}: {observation.GetType().Name}", Late: true);

    protected Decision Unexpected(Observation observation) =>
        new Decision.Ignored($"{observation.GetType().Name} changes nothing while {GetType().Name}");
}
