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
    public override Decision Decide(Input input, Limits limits) => input switch
    {
        Input.Asked asked => asked.Wish switch
        {
            Wish.Define define => Define(asked, define),
            Wish.Start start => new Draft(this).Add(Start(asked.At, start.Paused, [asked.Operation])).Accept(),
            Wish.Stop { KeepActive: false } when Kept.Count > 0 => ReleaseKept(asked, undefine: false),
            Wish.Stop or Wish.Shutdown => new Draft(this).End(asked.At, asked.Operation, Ending.Succeeded, "already stopped").Accept(),
            Wish.Undefine when Kept.Count > 0 => ReleaseKept(asked, undefine: true),
            Wish.Undefine => new Draft(this)
                .Add(new Event.Undefined(asked.At, asked.Operation))
                .End(asked.At, asked.Operation, Ending.Succeeded, "")
                .Accept(),
            Wish.Guest => Refuse("it is not running; start it first"),
            _ => throw new InvalidOperationException($"{asked.Wish.GetType().Name} is not a wish"),
        },
        Input.Seen seen => Late(seen.Observation),
        _ => throw new InvalidOperationException($"{input.GetType().Name} is not an input"),
    };

    /// <summary>The next life, its whole plan in one event.</summary>
    public Event.StartAccepted Start(DateTimeOffset at, bool paused, ValueList<Operation> operations)
    {
        var life = new Life(Last.Next(), Definition, Plan(), paused, Cause.ApiStart, operations is [var first, ..] ? first.Id : null);
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

    private Decision ReleaseKept(Input.Asked asked, bool undefine)
    {
        var draft = new Draft(this).Add(new Event.KeptReleaseAccepted(asked.At, Last, asked.Operation, undefine));
        return draft.Add(new Event.StopAdvanced(asked.At, Last, new StopPhase.Clean(Kept.Reverse().ToValueList(), 0))).Accept();
    }
}
