using System.Collections.Immutable;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Model.Encoding;
using VmSupervisor.Model.Engine;

namespace VmSupervisor.Model.Worlds;

/// <summary>
/// Everything there is: the host, the journal, and the supervisor of one VM while it is up. The laws
/// (<see cref="Laws.Law"/>) are about the host and the journal, never about what the supervisor believes.
/// </summary>
internal sealed record World
{
    // The journal outlives everything.

    /// <summary>The state that the journal's events add up to.</summary>
    public required CodedState Journal { get; init; }

    // The host outlives the supervisor.

    public ImmutableArray<Qemu> Processes { get; init; } = [];

    public ImmutableArray<Hook> Hooks { get; init; } = [];

    public ImmutableArray<Holding> Held { get; init; } = [];

    /// <summary>How often the host was booted.</summary>
    public int Boot { get; init; }

    // The supervisor.

    public bool Up { get; init; } = true;

    /// <summary>The state in the actor's memory: ahead of the journal only in a mutant.</summary>
    public required CodedState Memory { get; init; }

    /// <summary>What a restarted supervisor found, and has not yet taken up; everything else waits for it.</summary>
    public Finding? Probed { get; init; }

    /// <summary>The effects that the state wants, in its order.</summary>
    public ImmutableArray<Slot> Effects { get; init; } = [];

    /// <summary>Effects that were given up and have not noticed it yet.</summary>
    public ImmutableArray<Slot> Lingering { get; init; } = [];

    /// <summary>News of effects that were given up meanwhile; will be delivered.</summary>
    public ImmutableArray<Observation> Strays { get; init; } = [];

    // How much may still happen.

    public int Faults { get; init; }

    public int Crashes { get; init; }

    public Season Season { get; init; }

    // What the laws remember.

    /// <summary>Volumes that somebody was promised would stay active, until the next life takes them or they are given back by command.</summary>
    public bool KeepPromised { get; init; }

    /// <summary>Starts that were accepted, and no living process has been there since.</summary>
    public ImmutableArray<OperationId> Unseen { get; init; } = [];

    /// <summary>The law that the last step broke.</summary>
    public Violation? Broken { get; init; }

    // Not part of the code.

    /// <summary>
    /// Input number so-and-so comes at so many ticks after a whole millisecond, so no two deadlines that were decided at
    /// different times are equal. Time itself is not modelled: a timer can fire at any moment after it was set, since
    /// everything else can be as slow as it likes.
    /// </summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>How many operations there have been.</summary>
    public int Serial { get; init; }

    public VmState State => Memory.State;

    public bool Awake => Up && Probed is null && ReferenceEquals(Journal, Memory);

    public World Break(string law, string text) => Broken is null ? this with { Broken = new Violation(law, text) } : this;
}

/// <summary>What may still come from outside.</summary>
internal enum Season
{
    /// <summary>Commands, faults, crashes.</summary>
    Open,

    /// <summary>Nothing any more: the VM must settle, and every operation end.</summary>
    Closed,

    /// <summary>Only a forced stop, as soon as the supervisor can take it.</summary>
    StopOwed,

    /// <summary>It was taken: the VM must come to <see cref="CleanedUp"/>.</summary>
    Stopped,
}

/// <summary>A QEMU of the VM, from spawn to the moment its pidfd tells its end. As long as it is here it holds its incarnation's lock.</summary>
/// <param name="N">The incarnation in its command line.</param>
/// <param name="Dying">It will end, its monitor is closed, its exit is not yet to be seen: milliseconds, or hours in uninterruptible sleep.</param>
/// <param name="Guest">What its guest does.</param>
/// <param name="Hung">Its monitor does not answer and SIGTERM does nothing, as under SIGSTOP.</param>
/// <param name="Pressed">The guest has heard the power button.</param>
/// <param name="Memory">The incarnation whose saved memory its guest goes on from; 0 when it booted.</param>
internal readonly record struct Qemu(long N, bool Dying, GuestState Guest, bool Hung, bool Pressed, long Memory = 0)
{
    public bool Answers => !Dying && !Hung;
}

/// <summary>A phase's hooks in the state directory and as processes.</summary>
internal readonly record struct Hook(long N, HookPhase Phase, HookProgress Progress, HookStatus Outcome, bool Began);

internal enum HookProgress
{
    /// <summary>A runner lives that has not made its claim yet.</summary>
    Spawned,

    /// <summary>The claim is made, the hooks run.</summary>
    Running,

    /// <summary>There is a result, or a claim that says it never began.</summary>
    Over,
}

/// <summary>Something of the host that was acquired.</summary>
/// <param name="Step">The step's name; a run directory's also has its incarnation.</param>
/// <param name="Owner">The incarnation that has it.</param>
internal readonly record struct Holding(string Step, long Owner)
{
    /// <summary>The owner of a memory file once a guest has run on from it: nobody may do so again.</summary>
    public const long Spent = -1;
}

/// <summary>An effect that was begun.</summary>
/// <param name="Effect">Which.</param>
/// <param name="Life">The life as it was when it began; what it acts with.</param>
/// <param name="Stage">How far it has come; each kind counts in its own way (<see cref="EffectMoves"/>).</param>
/// <param name="Report">What it saw and has not told yet.</param>
internal sealed record Slot(Effect Effect, Life? Life, int Stage = 0, Observation? Report = null)
{
    /// <summary>Nothing more comes of it.</summary>
    public const int Over = 1000;

    /// <summary>Bits of steps that failed (releases).</summary>
    public int Failed { get; init; }

    /// <summary>The guest's state that was told last (followers).</summary>
    public GuestState? Told { get; init; }

    /// <summary>Whether it is inside the gate, where one is at a time.</summary>
    public bool InGate => Effect is Effect.BringUp or Effect.Extinguish or Effect.Release
        && Stage is > 0 and < Over && Report is null;
}
