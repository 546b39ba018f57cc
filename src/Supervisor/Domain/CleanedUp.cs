using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Domain;

/// <summary>
/// Nothing of the VM exists on the host, except volumes that were kept active on purpose. The resting state.
/// </summary>
/// <param name="Cause">Why it got here.</param>
/// <param name="Detail">The same for a person; may be empty.</param>
/// <param name="Kept">Volumes that are still active and belong to this state: the next start takes them over, a stop or
/// an undefine gives them back.</param>
internal sealed record CleanedUp(Cause Cause, string Detail, ValueList<Step> Kept) : Known
{
    /// <summary>The restart that follows, unless somebody wishes something else first; null when none does.</summary>
    public PendingRestart? Pending { get; init; }

    public override Decision Decide(Input input, Limits limits) => input switch
    {
        Input.Asked asked => asked.Wish switch
        {
            Wish.Define define => Define(asked, define),
            Wish.Start start => new Draft(this).Add(Start(asked.At, start.Paused, start.Cause, [asked.Operation])).Accept(),
            Wish.Stop { KeepActive: false } when Kept.Count > 0 => ReleaseKept(WithoutRestart(asked), asked.At, asked.Operation, undefine: false).Accept(),
            Wish.Stop or Wish.Shutdown => WithoutRestart(asked)
                .End(asked.At, asked.Operation, Ending.Succeeded, Pending is null ? "already stopped" : "already stopped; it is not started again")
                .Accept(),
            Wish.Undefine => Undefine(WithoutRestart(asked), asked.At, asked.Operation).Accept(),
            Wish.Reboot => Refuse("it is not running; start it first"),
            Wish.Cancel cancel => Cancel(asked, cancel, limits),
            Wish.Guest => Refuse("it is not running; start it first"),
            _ => throw new InvalidOperationException($"{asked.Wish.GetType().Name} is not a wish"),
        },
        Input.Seen { Observation: Observation.DeadlinePassed passed } seen when passed.Incarnation == Last && passed.Deadline == Pending?.Due =>
            new Draft(this).Add(Start(seen.At, paused: false, Cause.Restart, [])).Accept(),
        Input.Seen seen => Late(seen.Observation),
        _ => throw new InvalidOperationException($"{input.GetType().Name} is not an input"),
    };

    /// <summary>The next life, its whole plan in one event.</summary>
    public Event.StartAccepted Start(DateTimeOffset at, bool paused, Cause cause, ValueList<Operation> operations)
    {
        var life = new Life(Last.Next(), Definition, Plan(), paused, cause, operations is [var first, ..] ? first.Id : null);
        return new(at, life, operations);
    }

    /// <summary>
    /// The run directory is acquired first and so released last. A kept volume that the definition no longer names is
    /// taken over all the same: it must belong to somebody, and goes with this life's cleanup.
    /// </summary>
    private ValueList<Step> Plan()
    {
        var kept = Kept.OfType<Step.Volume>().ToArray();
        var named = Definition.Disks.Select((disk, index) => new Step.Volume($"disk{index}", disk.Path, disk.Readonly, kept.Any(k => k.Is(disk)))
        {
            Type = disk.Type,
            Script = disk.Script,
        }).ToArray();
        var orphans = kept.Where(k => !Definition.Disks.Any(k.Is))
            .Select(k => k with { Name = k.Name.StartsWith("kept-", StringComparison.Ordinal) ? k.Name : $"kept-{k.Name}", TakeOver = true });
        var networks = Definition.Nics.Select((nic, index) => new Step.Network($"net{index}", nic)).Where(n => n.Nic.Type != NicType.User);
        return new Step[] { new Step.RunDirectory() }.Concat(orphans).Concat(named).Concat(networks).ToValueList();
    }

    /// <summary>The VM is forgotten, once what it kept is given back.</summary>
    public Draft Undefine(Draft draft, DateTimeOffset at, Operation operation) => Kept.Count > 0
        ? ReleaseKept(draft, at, operation, undefine: true)
        : draft.Add(new Event.Undefined(at, operation)).End(at, operation, Ending.Succeeded, "");

    private Draft ReleaseKept(Draft draft, DateTimeOffset at, Operation operation, bool undefine) => draft
        .Add(new Event.KeptReleaseAccepted(at, Last, operation, undefine))
        .Add(new Event.StopAdvanced(at, Last, new StopPhase.Clean(Kept.Reverse().ToValueList(), 0)));

    /// <summary>Whoever wishes the VM down does not want it started again.</summary>
    private Draft WithoutRestart(Input.Asked asked) =>
        Pending is null ? new Draft(this) : new Draft(this).Add(new Event.RestartDropped(asked.At, Last, asked.Operation));

    protected override Decision Define(Input.Asked asked, Wish.Define wish)
    {
        // The life that the restart follows is closed, and with it why it began; but only such restarts are pending.
        var draft = Pending is null || RestartRule.Covers(wish.Definition, Cause, Cause.Restart) ? new Draft(this) : WithoutRestart(asked);
        return Define(draft, asked, wish).Accept();
    }
}
