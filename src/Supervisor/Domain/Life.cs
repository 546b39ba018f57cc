using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Domain;

/// <summary>One incarnation, from the moment its start was accepted: its whole plan, and what is known of it so far.</summary>
/// <param name="Number">Which.</param>
/// <param name="Definition">The definition as it was when the start was accepted; later changes are for the next life.</param>
/// <param name="Plan">What it acquires, in order.</param>
/// <param name="Paused">Whether the guest's CPUs are left stopped.</param>
/// <param name="Cause">Why it was started.</param>
/// <param name="Operation">The operation that asked for it; null when nobody did.</param>
internal sealed record Life(Incarnation Number, VmDefinition Definition, ValueList<Step> Plan, bool Paused, Cause Cause, OperationId? Operation)
{
    /// <summary>The phase whose hooks are running, as far as the journal knows.</summary>
    public HookPhase? Hook { get; init; }

    /// <summary>The phases that are over: run, or never to be run.</summary>
    public ValueList<HookPhase> HooksEnded { get; init; } = [];

    /// <summary>Whether anything may have been acquired or spawned.</summary>
    public bool Acquiring { get; init; }

    /// <summary>Whether all that was acquired has been given back.</summary>
    public bool Released { get; init; }

    /// <summary>Its process, once it answered its monitor. A process may exist before.</summary>
    public ProcessIdentity? Process { get; init; }

    /// <summary>Whether the guest was let loose (or deliberately left paused): from here on an end is no failed start.</summary>
    public bool Up { get; init; }

    /// <summary>Whether a look found the process dying; its exit has not been seen yet.</summary>
    public bool Dying { get; init; }

    /// <summary>How its process ended; not null means that nothing of it lives.</summary>
    public ProcessExit? Exit { get; init; }

    /// <summary>What the guest did last.</summary>
    public GuestState Guest { get; init; }

    /// <summary>Whether it follows a life that ran, for a reboot or a backup: the VM is not to be down because it fails to start.</summary>
    public bool Continues { get; init; }

    /// <summary>What has come to be on the way and is to be released with the plan, before it.</summary>
    public ValueList<Step> Leftovers { get; init; } = [];

    /// <summary>The memory that this life goes on from; consumed by its launch.</summary>
    public SavedMemory? Restores { get; init; }

    /// <summary>The migration that it is the target of; null when it began here.</summary>
    public Incoming? Incoming { get; init; }

    /// <summary>Whether it waits for a guest that is not this node's yet: it ends by itself when nobody brings it to its end.</summary>
    public bool IsOnTrial => Incoming is { Committed: false };

    /// <summary>This life's own memory, once it is written and synced.</summary>
    public SavedMemory? Saved { get; init; }

    /// <summary>The memory that this life throws away, as the first thing that it does on the host.</summary>
    public SavedMemory? Discards { get; init; }

    /// <summary>The memory that the next life can go on from, if this one ended now.</summary>
    public SavedMemory? Remembers => Saved ?? (Acquiring ? (Process is null ? Restores : null) : Restores ?? Discards);

    /// <summary>Whether news of the guest are older than what is known: one that has run is never before its first instruction again.</summary>
    public bool IsStale(GuestState guest) => guest == GuestState.Prelaunch && Guest != GuestState.Prelaunch;

    /// <summary>The life with its process. A guest that goes on from its memory has run before.</summary>
    public Life Launched(ProcessIdentity process) => this with
    {
        Process = process,
        Guest = Incoming is not null ? GuestState.Incoming : Restores is null ? GuestState.Prelaunch : GuestState.Paused,
        Up = Paused && Incoming is null,
    };

    /// <summary>The life with its guest let loose. What that did in the meantime is known better.</summary>
    public Life Continued() =>
        this with { Up = true, Guest = Guest is GuestState.Prelaunch or GuestState.Paused or GuestState.Incoming ? GuestState.Running : Guest };

    /// <summary>The life with something more that its cleanup releases.</summary>
    public Life With(Step leftover) => this with { Leftovers = Leftovers.Add(leftover) };

    /// <summary>The life without what its cleanup need not release any more.</summary>
    public Life Without<T>()
        where T : Step => this with { Leftovers = Leftovers.RemoveAll(step => step is T) };

    /// <summary>Whether any phase has hooks to run.</summary>
    public bool HasHooks => Definition.Hooks.Count > 0;

    /// <summary>Whether a process of this life may exist.</summary>
    public bool MayLive => Acquiring && Exit is null;

    /// <summary>
    /// Whether <c>post-stop</c> is owed: exactly once if <c>pre-start</c> began. A pre-start that never began is
    /// recorded with post-stop as over, too.
    /// </summary>
    public bool OwesPostStop => HasHooks && !HooksEnded.Contains(HookPhase.PostStop);

    /// <summary>The cause of this life's end when the guest gets into a state; null when the life goes on in it.</summary>
    public Cause? EndsWith(GuestState guest) => guest switch
    {
        GuestState.Shutdown => Domain.Cause.GuestShutdown,
        GuestState.Panicked when Definition.OnPanic != PanicPolicy.Preserve => Domain.Cause.GuestPanic,
        _ => null,
    };

    /// <summary>The life with one phase of hooks over.</summary>
    public Life WithHookEnded(HookPhase phase, HookStatus status)
    {
        var ended = HooksEnded.Contains(phase) ? HooksEnded : HooksEnded.Add(phase);
        if (phase == HookPhase.PreStart && status == HookStatus.NeverBegan)
            ended = ended.Add(HookPhase.PostStop);
        return this with { Hook = Hook == phase ? null : Hook, HooksEnded = ended };
    }
}
