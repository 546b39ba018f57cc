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

    /// <summary>The memory that the next life goes on from; null when it boots.</summary>
    public SavedMemory? Saved { get; init; }

    public override IEnumerable<Operation> Operations => OfHandover;

    public override Decision Decide(Input input, Limits limits) => input switch
    {
        Input.Told told => Receptions.Hear(this, told.Note, told.At, limits),
        Input.Asked { Wish: not (Wish.Stop or Wish.Shutdown or Wish.LoseTarget or Wish.Cancel) } when Moves.Handover is not null => Refuse(Handovers.WhyNot(Moves)!),
        Input.Asked { Wish: not (Wish.Undefine or Wish.Receive or Wish.LoseTarget or Wish.Cancel) } when Moves.Home is not null => Refuse(Handovers.WhyNot(Moves)!),
        Input.Asked asked => asked.Wish switch
        {
            Wish.Define define => Define(asked, define),
            Wish.Receive receive => Receptions.Receive(this, asked, receive),
            Wish.LoseTarget => LoseTarget(asked, limits),
            Wish.LoseSource => Refuse(NoSource),
            Wish.Start start => new Draft(this).Add(Start(asked.At, start.Paused, start.Cause, [asked.Operation], start.Fresh)).Accept(),
            Wish.Stop { KeepActive: false } when Kept.Count > 0 => ReleaseKept(WithoutRestart(asked), asked.At, asked.Operation, undefine: false).Accept(),
            Wish.Stop or Wish.Shutdown => WithoutRestart(asked)
                .End(asked.At, asked.Operation, Ending.Succeeded, Pending is null ? "already stopped" : "already stopped; it is not started again")
                .Accept(),
            Wish.Undefine => Undefine(WithoutRestart(asked), asked.At, asked.Operation).Accept(),
            Wish.Reboot or Wish.Hibernate or Wish.Migrate => Refuse("it is not running; start it first"),
            Wish.Backup backup => Saved is null
                ? Backup(asked, backup)
                : Refuse("it is suspended to disk, and its disks belong to its memory: start it, or discard that with 'vmsup start --discard-saved'"),
            Wish.Cancel cancel => Cancel(asked, cancel, limits),
            Wish.Guest => Refuse("it is not running; start it first"),
            _ => throw new InvalidOperationException($"{asked.Wish.GetType().Name} is not a wish"),
        },
        Input.Seen seen when Handovers.Heard(this, seen, limits) is { } decided => decided,
        Input.Seen { Observation: Observation.DeadlinePassed passed } seen when passed.Incarnation == Last && passed.Deadline == Pending?.Due =>
            new Draft(this).Add(Start(seen.At, paused: false, Cause.Restart, [])).Accept(),
        Input.Seen seen => Late(seen.Observation),
        _ => throw new InvalidOperationException($"{input.GetType().Name} is not an input"),
    };

    /// <summary>The next life, its whole plan in one event.</summary>
    /// <param name="at">When.</param>
    /// <param name="paused">Whether the guest's CPUs are left stopped.</param>
    /// <param name="cause">Why.</param>
    /// <param name="operations">Who asked; may be empty.</param>
    /// <param name="fresh">Whether it boots, though there is memory to go on from.</param>
    /// <param name="backup">The backup that it is begun for.</param>
    public Event.StartAccepted Start(
        DateTimeOffset at, bool paused, Cause cause, ValueList<Operation> operations, bool fresh = false, PendingBackup? backup = null)
    {
        // Memory fits only the machine that it is of; a changed definition has to wait for another life.
        var restores = fresh ? null : Saved;
        var definition = restores?.Definition ?? Definition;
        var life = new Life(
            NextNumber, definition, PlanOf(definition, fresh), paused || restores is { WasRunning: false }, cause,
            operations is [var first, ..] ? first.Id : backup?.Operation.Id)
        {
            Restores = restores,
            Discards = fresh ? Saved : null,
            Continues = cause == Cause.ApiReboot || (backup is not null && Cause == Cause.Backup),
        };
        return new(at, life, operations)
        {
            Backup = backup is null ? null : backup with { Plan = backup.Plan with { ThenRun = backup.Plan.ThenRun || operations.Count > 0 } },
        };
    }

    /// <summary>
    /// The run directory is acquired first and so released last. A kept volume that the definition no longer names is
    /// taken over all the same: it must belong to somebody, and goes with this life's cleanup.
    /// </summary>
    public static ValueList<Step> PlanOf(VmDefinition definition, IReadOnlyCollection<Step.Volume> kept, IEnumerable<Step> memory)
    {
        var named = definition.Disks.Select((disk, index) => new Step.Volume($"disk{index}", disk.Path, disk.Readonly, kept.Any(k => k.Is(disk)))
        {
            Type = disk.Type,
            Script = disk.Script,
        }).ToArray();
        var orphans = kept.Where(k => !definition.Disks.Any(k.Is))
            .Select(k => k with { Name = k.Name.StartsWith("kept-", StringComparison.Ordinal) ? k.Name : $"kept-{k.Name}", TakeOver = true });
        var networks = definition.Nics.Select((nic, index) => new Step.Network($"net{index}", nic)).Where(n => n.Nic.Type != NicType.User);
        Step[] limits = definition is { MemoryLimit: null, CpuLimit: null } ? [] : [new Step.Cgroup(definition.MemoryLimit, definition.CpuLimit)];
        return new Step[] { new Step.RunDirectory() }.Concat(limits).Concat(memory).Concat(orphans).Concat(named).Concat(networks).ToValueList();
    }

    private ValueList<Step> PlanOf(VmDefinition definition, bool fresh) =>
        PlanOf(definition, Kept.OfType<Step.Volume>().ToArray(), Saved is null ? [] : [new Step.SavedMemory(Saved.Of, fresh)]);

    /// <summary>The VM is forgotten, once what it kept is given back.</summary>
    public Draft Undefine(Draft draft, DateTimeOffset at, Operation operation) => Kept.Count > 0 || Saved is not null
        ? ReleaseKept(draft, at, operation, undefine: true)
        : draft.Add(new Event.Undefined(at, operation)).End(at, operation, Ending.Succeeded, "");

    /// <summary>What this state holds is given back; memory only before the VM is forgotten.</summary>
    public Draft ReleaseKept(Draft draft, DateTimeOffset at, Operation operation, bool undefine)
    {
        Step[] memory = undefine && Saved is not null ? [new Step.SavedMemory(Saved.Of, Discard: true)] : [];
        return draft
            .Add(new Event.KeptReleaseAccepted(at, Last, operation, undefine))
            .Add(new Event.StopAdvanced(at, Last, new StopPhase.Clean(Kept.Reverse().Concat(memory).ToValueList(), 0)));
    }

    /// <summary>The VM is up for its backup only, its guest never runs, unless a start comes.</summary>
    private Decision Backup(Input.Asked asked, Wish.Backup wish) => BackupRule.WhyNot(Definition) is { } why
        ? Refuse(why)
        : new Draft(this)
            .Add(Start(
                asked.At, paused: true, Cause.Backup, [],
                backup: new PendingBackup(asked.Operation, BackupRule.PlanOf(wish, Definition, thenRun: Pending is not null))))
            .Accept();

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
