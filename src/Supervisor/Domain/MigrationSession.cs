using VmSupervisor.Contracts;

namespace VmSupervisor.Domain;

/// <summary>
/// One attempt to move a VM from one node to another. Both sides journal it, and every message carries it whole, so that
/// none is ever taken for one of another attempt.
/// </summary>
/// <param name="Id">The operation on the source.</param>
/// <param name="Source">The node that it leaves.</param>
/// <param name="Target">The node that it goes to.</param>
/// <param name="From">The life that is sent.</param>
/// <param name="To">The life that receives it: above every incarnation that either node has seen.</param>
internal sealed record MigrationSession(OperationId Id, string Source, string Target, Incarnation From, Incarnation To);

/// <summary>How a guest is sent.</summary>
/// <param name="Source">Where from.</param>
/// <param name="Target">Where to.</param>
/// <param name="BytesPerSecond">No faster than this; null for as fast as it goes.</param>
/// <param name="DowntimeLimit">How long the guest may stand still at the end; null for QEMU's own (300 ms on 7.2).</param>
/// <param name="Deadline">How long it may take until <paramref name="OnDeadline"/> happens; null for ever.</param>
/// <param name="OnDeadline">What happens then.</param>
/// <param name="AutoConverge">Whether QEMU slows a guest down that changes its memory faster than it can be sent.</param>
/// <param name="Channels">How many connections it uses; 0 for one without multifd.</param>
internal sealed record MigrationPlan(
    string Source, string Target, long? BytesPerSecond, TimeSpan? DowntimeLimit, TimeSpan? Deadline, LateMigration OnDeadline, bool AutoConverge, int Channels)
{
    /// <summary>Which way it goes.</summary>
    public MigrationTransport Transport { get; init; }

    /// <summary>What becomes of its disks.</summary>
    public MigrationStorage Storage { get; init; }

    /// <summary>Whether the source keeps its images when the disks went along.</summary>
    public bool KeepsSource { get; init; }

    /// <summary>Where disks that go along are put, if not under the path that they have.</summary>
    public ValueList<DiskMove> Disks { get; init; } = [];

    /// <summary>The path of a disk at the target.</summary>
    public string PathThere(string path) => Disks.FirstOrDefault(d => d.Source == path)?.Target ?? path;
}

/// <summary>What becomes of the disks of a VM that is sent.</summary>
internal enum MigrationStorage
{
    /// <summary>Both nodes have them; whether that is so is found out before anything begins.</summary>
    Detect,

    /// <summary>Both nodes have them: a person says so.</summary>
    Shared,

    /// <summary>They are copied while the guest runs.</summary>
    Move,
}

/// <summary>Where a disk is put.</summary>
/// <param name="Source">Its path at the source.</param>
/// <param name="Target">Its path at the target.</param>
internal sealed record DiskMove(string Source, string Target);

/// <summary>Which way a guest is sent.</summary>
internal enum MigrationTransport
{
    /// <summary>As the target finds best: directly where it has an address for that, else through the nodes' own connection.</summary>
    Auto,

    /// <summary>From QEMU to QEMU.</summary>
    Direct,

    /// <summary>Through the nodes' own connection.</summary>
    Tunnel,
}

/// <summary>What QEMU counted of a migration that it has completed.</summary>
/// <param name="Total">How long it took.</param>
/// <param name="Downtime">How long the guest stood still, up to where all of it was at the target.</param>
/// <param name="Bytes">How much was sent.</param>
internal sealed record SentFigures(TimeSpan Total, TimeSpan Downtime, long Bytes);

/// <summary>What becomes of a migration that takes too long.</summary>
internal enum LateMigration
{
    /// <summary>It is given up, and the guest stays where it is.</summary>
    Abort,

    /// <summary>The guest may stand still as long as it needs.</summary>
    StopAndCopy,
}

/// <summary>How far the source of a migration has come, up to the request to finish.</summary>
internal abstract record MigrationPhase
{
    /// <summary>The target is asked whether it can take the VM, and which incarnations it has seen.</summary>
    public sealed record Check : MigrationPhase;

    /// <summary>The target prepares.</summary>
    public sealed record Prepare(MigrationSession Session) : MigrationPhase;

    /// <summary>QEMU sends the guest.</summary>
    /// <param name="Session">For whom.</param>
    /// <param name="Address">Where the target listens.</param>
    /// <param name="Deadline">When it has taken too long; null when that does not matter, or not any more.</param>
    /// <param name="Hurried">Whether it took too long, and the guest may stand still now.</param>
    public sealed record Send(MigrationSession Session, string Address, DateTimeOffset? Deadline, bool Hurried) : MigrationPhase;

    /// <summary>It is over unless QEMU has completed it: that is found out, and what goes on is cancelled.</summary>
    /// <param name="Session">Whose.</param>
    /// <param name="Outcome">How the operation ends.</param>
    /// <param name="FinishIfSent">Whether it goes on all the same if all was sent.</param>
    public sealed record GiveUp(MigrationSession Session, Outcome Outcome, bool FinishIfSent) : MigrationPhase;

    /// <summary>The guest, which ran before, is let loose again.</summary>
    public sealed record Resume(Outcome Outcome) : MigrationPhase;
}

/// <summary>
/// All was sent, and only the target's journal knows who owns the VM. It outlives the life that was sent: until the verdict is
/// known nothing may run here.
/// </summary>
/// <param name="Session">Whose.</param>
/// <param name="Operation">The operation that ends with it.</param>
/// <param name="Plan">How it was sent.</param>
/// <param name="WasRunning">Whether the guest ran before.</param>
/// <param name="Commits">Whether the target is to commit; otherwise it is to abort, if it still can, since the VM is to be down.</param>
internal sealed record Handover(MigrationSession Session, Operation Operation, MigrationPlan Plan, bool WasRunning, bool Commits)
{
    /// <summary>What it took; null when that is not known.</summary>
    public SentFigures? Figures { get; init; }
}

/// <summary>What the target says of a session.</summary>
internal enum Verdict
{
    /// <summary>It will never run there.</summary>
    Aborted,

    /// <summary>The target owns it, and it does not run yet.</summary>
    Committed,

    /// <summary>The target owns it for good: it runs there, or has run.</summary>
    Running,

    /// <summary>It was committed, never ran, and its process is gone: the source's copy is the only one.</summary>
    Returned,
}

/// <summary>A verdict, kept until the source has acknowledged it.</summary>
internal sealed record SessionVerdict(MigrationSession Session, Verdict Verdict, string Detail);

/// <summary>What a life that comes from another node knows of it.</summary>
/// <param name="Session">The attempt.</param>
/// <param name="Plan">How it comes.</param>
/// <param name="WasRunning">Whether the guest is to run.</param>
/// <param name="Before">What this node knew of the VM before; null when it was not defined.</param>
internal sealed record Incoming(MigrationSession Session, MigrationPlan Plan, bool WasRunning, CleanedUp? Before)
{
    /// <summary>Where it listens, once it does.</summary>
    public string? Address { get; init; }

    /// <summary>Whether the source has asked to finish before all was received.</summary>
    public bool FinishAwaited { get; init; }

    /// <summary>Whether it is this node's. From here on nothing kills it by itself.</summary>
    public bool Committed { get; init; }

    /// <summary>Whether it goes back: it was committed and could not be let loose.</summary>
    public bool Returns { get; init; }
}

/// <summary>What a VM knows of its moves between nodes, whatever its state.</summary>
internal sealed record Moves
{
    public static Moves None { get; } = new();

    /// <summary>The highest incarnation that was reserved for another node or seen of one; 0 when there was none.</summary>
    public Incarnation Reserved { get; init; }

    /// <summary>Where the VM lives now, if it is not here.</summary>
    public string? Home { get; init; }

    /// <summary>The session that this node sent and whose verdict it does not know.</summary>
    public Handover? Handover { get; init; }

    /// <summary>Sessions whose target has still to be told that they are over for the source.</summary>
    public ValueList<MigrationSession> Farewells { get; init; } = [];

    /// <summary>Verdicts on sessions that came here.</summary>
    public ValueList<SessionVerdict> Verdicts { get; init; } = [];

    public SessionVerdict? VerdictOn(MigrationSession session) => Verdicts.FirstOrDefault(v => v.Session == session);

    /// <summary>Whether the source of a session leaves it to the target to run the VM: it has asked for that, or knows that it does.</summary>
    public bool WaitsFor(MigrationSession session) => Handover?.Session == session || Home == session.Target;
}
