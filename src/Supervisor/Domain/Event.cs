using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Domain;

/// <summary>
/// What happened to a VM, as it is journaled. Stored, versioned, never sent: what travels is made from it elsewhere.
/// </summary>
internal abstract record Event(DateTimeOffset At)
{
    // What was asked, and how it ended.

    public sealed record Defined(DateTimeOffset At, VmDefinition Definition, Operation Operation) : Event(At);

    public sealed record Undefined(DateTimeOffset At, Operation Operation) : Event(At);

    /// <summary>A new incarnation, with its whole plan. Release walks the plan backwards, so its steps need no event of their own.</summary>
    public sealed record StartAccepted(DateTimeOffset At, Life Life, ValueList<Operation> Operations) : Event(At)
    {
        /// <summary>The backup that it is begun for.</summary>
        public PendingBackup? Backup { get; init; }
    }

    /// <summary>A start while one is under way: it ends as that one does.</summary>
    public sealed record StartJoined(DateTimeOffset At, Incarnation Incarnation, Operation Operation) : Event(At);

    /// <summary>A start while the VM is believed to run: the process is looked at first.</summary>
    public sealed record LookAccepted(DateTimeOffset At, Incarnation Incarnation, Operation Operation, bool Paused) : Event(At);

    /// <summary>A start while the life before is being ended: carried out after it.</summary>
    public sealed record StartDeferred(DateTimeOffset At, Incarnation Incarnation, Operation Operation, bool Paused) : Event(At)
    {
        /// <summary>Why.</summary>
        public Cause Cause { get; init; } = Cause.ApiStart;

        /// <summary>Whether it is to boot, though there is memory to go on from.</summary>
        public bool Fresh { get; init; }
    }

    public sealed record RequestAccepted(DateTimeOffset At, Incarnation Incarnation, Operation Operation, GuestRequest Request) : Event(At);

    /// <summary>A stop or shutdown of this life, the first or one more.</summary>
    public sealed record StopAccepted(
        DateTimeOffset At, Incarnation Incarnation, Operation Operation, StopMode Mode, TimeSpan? AskFor, bool ForceAfter, bool KeepActive)
        : Event(At)
    {
        /// <summary>What the operation wants afterwards.</summary>
        public StopNext Next { get; init; }

        /// <summary>The backup that it wants, if it is that.</summary>
        public BackupPlan? Backup { get; init; }
    }

    /// <summary>Volumes that were kept active are given back, for a stop or before the VM is forgotten.</summary>
    public sealed record KeptReleaseAccepted(DateTimeOffset At, Incarnation Incarnation, Operation Operation, bool Undefine) : Event(At);

    public sealed record OperationEnded(DateTimeOffset At, Incarnation Incarnation, Operation Operation, Ending Ending, string Detail) : Event(At);

    // What was seen.

    public sealed record HookEnded(DateTimeOffset At, Incarnation Incarnation, HookPhase Phase, HookOutcome Outcome) : Event(At);

    public sealed record Launched(DateTimeOffset At, Incarnation Incarnation, ProcessIdentity Process, string Summary) : Event(At);

    public sealed record GuestContinued(DateTimeOffset At, Incarnation Incarnation) : Event(At);

    /// <summary>A restarted supervisor owns the process again.</summary>
    public sealed record Adopted(DateTimeOffset At, Incarnation Incarnation, ProcessIdentity Process) : Event(At);

    public sealed record GuestChanged(DateTimeOffset At, Incarnation Incarnation, GuestState Guest, string Why) : Event(At);

    public sealed record GuestReset(DateTimeOffset At, Incarnation Incarnation, bool ByGuest) : Event(At);

    public sealed record ProcessExited(DateTimeOffset At, Incarnation Incarnation, ProcessExit Exit) : Event(At);

    public sealed record ReleaseFailed(DateTimeOffset At, Incarnation Incarnation, ValueList<StepFailure> Failures) : Event(At);

    public sealed record Released(DateTimeOffset At, Incarnation Incarnation) : Event(At);

    public sealed record ProblemNoted(DateTimeOffset At, Incarnation Incarnation, string Detail) : Event(At);

    // What follows.

    /// <summary>The start has gone as far as this.</summary>
    public sealed record StartAdvanced(DateTimeOffset At, Incarnation Incarnation, StartPhase Phase) : Event(At);

    public sealed record Started(DateTimeOffset At, Incarnation Incarnation) : Event(At);

    /// <summary>The life ends without anybody having asked: the guest, a crash, a failed start.</summary>
    public sealed record EndBegan(DateTimeOffset At, Incarnation Incarnation, Cause Cause, string Detail, bool Dying) : Event(At);

    /// <summary>The stop has gone as far as this.</summary>
    public sealed record StopAdvanced(DateTimeOffset At, Incarnation Incarnation, StopPhase Phase) : Event(At);

    /// <summary>The guest did not power off in time, and nobody wants force: the VM goes on.</summary>
    public sealed record StopGivenUp(DateTimeOffset At, Incarnation Incarnation, string Detail) : Event(At);

    public sealed record CleanedUp(DateTimeOffset At, Incarnation Incarnation, Cause Cause, string Detail, ValueList<Step> Kept) : Event(At)
    {
        /// <summary>The memory that the next life goes on from.</summary>
        public SavedMemory? Saved { get; init; }
    }

    // Activities of a running VM.

    public sealed record BackupAccepted(DateTimeOffset At, Incarnation Incarnation, Operation Operation, BackupPlan Plan) : Event(At);

    /// <summary>The jobs run: what they copy is of this moment.</summary>
    public sealed record BackupBegan(DateTimeOffset At, Incarnation Incarnation, bool Frozen) : Event(At);

    /// <summary>A start came: the VM stays up after its backup, and its guest runs meanwhile unless it is to be paused.</summary>
    public sealed record BackupJoined(DateTimeOffset At, Incarnation Incarnation, Operation Start, bool Paused) : Event(At);

    /// <summary>The life that was begun for a backup is an ordinary one.</summary>
    public sealed record BackupDropped(DateTimeOffset At, Incarnation Incarnation) : Event(At);

    /// <summary>The backup is taken back.</summary>
    public sealed record BackupFailed(DateTimeOffset At, Incarnation Incarnation, Outcome Outcome) : Event(At);

    /// <summary>Nothing of the activity is going on any more; the copies are there if it was done.</summary>
    public sealed record BackupEnded(DateTimeOffset At, Incarnation Incarnation, bool Done, long Bytes) : Event(At);

    public sealed record HibernationAccepted(DateTimeOffset At, Incarnation Incarnation, Operation Operation) : Event(At);

    public sealed record HibernationFailed(DateTimeOffset At, Incarnation Incarnation, Outcome Outcome) : Event(At);

    /// <summary>The file is gone, and the guest is as it was.</summary>
    public sealed record HibernationUndone(DateTimeOffset At, Incarnation Incarnation) : Event(At);

    /// <summary>The guest's memory is in its file, synced. From here on the life has only to end.</summary>
    public sealed record MemorySaved(DateTimeOffset At, Incarnation Incarnation, SavedMemory Memory, long Bytes) : Event(At);

    // What the restart policy does.

    /// <summary>The VM is to be started again.</summary>
    /// <param name="At">When it was decided.</param>
    /// <param name="Incarnation">The life that ended.</param>
    /// <param name="Due">When.</param>
    /// <param name="Earlier">The restarts that count against the limit.</param>
    public sealed record RestartScheduled(DateTimeOffset At, Incarnation Incarnation, DateTimeOffset Due, ValueList<DateTimeOffset> Earlier) : Event(At);

    /// <summary>It was started again too often within too short a time, and stays down.</summary>
    public sealed record RestartAbandoned(DateTimeOffset At, Incarnation Incarnation, string Detail) : Event(At);

    /// <summary>A restart that was scheduled is not wanted any more.</summary>
    public sealed record RestartDropped(DateTimeOffset At, Incarnation Incarnation, Operation Operation) : Event(At);

    /// <summary>It has run long enough since its last restart that the next failure is a new one.</summary>
    public sealed record RanWell(DateTimeOffset At, Incarnation Incarnation) : Event(At);

    // Migrations, at the source.

    public sealed record MigrationAccepted(DateTimeOffset At, Incarnation Incarnation, Operation Operation, MigrationPlan Plan) : Event(At);

    /// <summary>The session, and with it the incarnation that is the target's from now on.</summary>
    public sealed record MigrationBegan(DateTimeOffset At, Incarnation Incarnation, MigrationSession Session) : Event(At);

    public sealed record MigrationPrepared(DateTimeOffset At, Incarnation Incarnation, string Address, DateTimeOffset? Deadline) : Event(At);

    /// <summary>It takes too long: the guest may stand still.</summary>
    public sealed record MigrationHurried(DateTimeOffset At, Incarnation Incarnation) : Event(At);

    /// <summary>It is given up, by whoever or whatever; QEMU may not know yet.</summary>
    public sealed record MigrationGivenUp(DateTimeOffset At, Incarnation Incarnation, Outcome Outcome, bool FinishIfSent) : Event(At);

    /// <summary>QEMU sends no more, and nothing will run elsewhere: the guest is this node's.</summary>
    public sealed record MigrationFailed(DateTimeOffset At, Incarnation Incarnation, Outcome Outcome) : Event(At);

    /// <summary>Nothing of it is going on any more.</summary>
    public sealed record MigrationEnded(DateTimeOffset At, Incarnation Incarnation) : Event(At);

    /// <summary>All was sent. From here on only the verdict counts.</summary>
    public sealed record FinishRequested(DateTimeOffset At, Incarnation Incarnation) : Event(At)
    {
        /// <summary>What it took; null when that is not known.</summary>
        public SentFigures? Figures { get; init; }
    }

    /// <summary>The verdict is known here.</summary>
    /// <param name="At">Since when.</param>
    /// <param name="Incarnation">The life that was sent.</param>
    /// <param name="Verdict">What it is.</param>
    /// <param name="Detail">Why, for a person.</param>
    /// <param name="Told">Whether the target told it, and has to be told that it is known; otherwise a person decided it.</param>
    public sealed record HandoverDecided(DateTimeOffset At, Incarnation Incarnation, Verdict Verdict, string Detail, bool Told) : Event(At);

    public sealed record FarewellTaken(DateTimeOffset At, MigrationSession Session) : Event(At);

    // Migrations, at the target.

    /// <summary>A life for a guest of another node, with its whole plan and autokill armed.</summary>
    public sealed record ReceiveAccepted(DateTimeOffset At, Life Life, Operation Operation) : Event(At)
    {
        /// <summary>What it is to be from its next start on; null for the same.</summary>
        public VmDefinition? Next { get; init; }
    }

    public sealed record ListenBegan(DateTimeOffset At, Incarnation Incarnation, string Address) : Event(At);

    /// <summary>The source asked to finish before all was received.</summary>
    public sealed record FinishAwaited(DateTimeOffset At, Incarnation Incarnation) : Event(At);

    /// <summary>The VM is this node's, and autokill is disarmed: both by this one append.</summary>
    public sealed record MigrationCommitted(DateTimeOffset At, Incarnation Incarnation, MigrationSession Session) : Event(At);

    /// <summary>A verdict other than the commit: it excludes the commit, or follows it.</summary>
    public sealed record VerdictReached(DateTimeOffset At, Incarnation Incarnation, MigrationSession Session, Verdict Verdict, string Detail) : Event(At);

    /// <summary>A session that is not known here is closed, so that whatever comes of it late is refused.</summary>
    public sealed record SessionClosed(DateTimeOffset At, MigrationSession Session) : Event(At);

    public sealed record VerdictForgotten(DateTimeOffset At, MigrationSession Session) : Event(At);

    /// <summary>Nothing came, and the VM is to this node what it was before.</summary>
    public sealed record ReceiveUndone(DateTimeOffset At, Incarnation Incarnation, Domain.CleanedUp? Before) : Event(At);
}
