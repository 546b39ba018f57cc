using VmSupervisor.Contracts;

namespace VmSupervisor.Domain;

/// <summary>
/// What was seen. It cannot be refused: it is true; the only question is whether it is still about the current
/// incarnation.
/// </summary>
/// <param name="Incarnation">The life it is about.</param>
internal abstract record Observation(Incarnation Incarnation)
{
    public sealed record HookEnded(Incarnation Incarnation, HookPhase Phase, HookOutcome Outcome) : Observation(Incarnation);

    /// <summary>All was acquired and QEMU answers its monitor, its CPUs stopped.</summary>
    public sealed record Launched(Incarnation Incarnation, ProcessIdentity Process, string Summary) : Observation(Incarnation);

    /// <summary>An acquire step or the launch failed; anything may be left.</summary>
    public sealed record BringUpFailed(Incarnation Incarnation, string Reason) : Observation(Incarnation);

    public sealed record Continued(Incarnation Incarnation) : Observation(Incarnation);

    public sealed record ContinueFailed(Incarnation Incarnation, string Reason) : Observation(Incarnation);

    /// <summary>The guest's state, at first sight or after a change; <paramref name="Why"/> is QEMU's reason, if it gave one.</summary>
    public sealed record GuestChanged(Incarnation Incarnation, GuestState Guest, string Why) : Observation(Incarnation);

    public sealed record GuestReset(Incarnation Incarnation, bool ByGuest) : Observation(Incarnation);

    /// <summary>The monitor closed. It is not an exit.</summary>
    public sealed record MonitorClosed(Incarnation Incarnation, string Why) : Observation(Incarnation);

    /// <summary>The pidfd said so.</summary>
    public sealed record ProcessExited(Incarnation Incarnation, ProcessExit Exit) : Observation(Incarnation);

    /// <summary>Whatever lived is dead, and the incarnation's lock is free.</summary>
    public sealed record Extinguished(Incarnation Incarnation, ProcessExit Exit) : Observation(Incarnation);

    /// <summary>What a look found that began after the start which asked for it.</summary>
    public sealed record Looked(Incarnation Incarnation, OperationId Operation, Sight Sight) : Observation(Incarnation);

    /// <summary>The monitor's answer to pause, resume or reset; <paramref name="Failure"/> is null when it was done.</summary>
    public sealed record RequestAnswered(Incarnation Incarnation, OperationId Operation, string? Failure) : Observation(Incarnation);

    /// <summary>The power button could not be pressed.</summary>
    public sealed record PowerDownFailed(Incarnation Incarnation, string Reason) : Observation(Incarnation);

    /// <summary>The jobs of a backup run, all from one moment.</summary>
    public sealed record BackupBegan(Incarnation Incarnation, OperationId Operation, bool Frozen) : Observation(Incarnation);

    /// <summary>The copies are made and synced; <paramref name="Failure"/> is null when all went well.</summary>
    public sealed record BackupEnded(Incarnation Incarnation, OperationId Operation, long Bytes, string? Failure) : Observation(Incarnation);

    /// <summary>Nothing is left of a backup; <paramref name="Failure"/> says what could not be done about its guest.</summary>
    public sealed record BackupUndone(Incarnation Incarnation, OperationId Operation, string? Failure) : Observation(Incarnation);

    /// <summary>The guest's memory is in its file, synced.</summary>
    public sealed record MemorySaved(Incarnation Incarnation, OperationId Operation, long Bytes) : Observation(Incarnation);

    public sealed record SaveFailed(Incarnation Incarnation, OperationId Operation, string Reason) : Observation(Incarnation);

    /// <summary>Nothing is left of a file with memory; <paramref name="Failure"/> says what could not be done about its guest.</summary>
    public sealed record SaveUndone(Incarnation Incarnation, OperationId Operation, string? Failure) : Observation(Incarnation);

    // Of a migration, at its source.

    /// <summary>The target can take the VM; <paramref name="Highest"/> is the highest incarnation of it that it has seen.</summary>
    public sealed record TargetChecked(Incarnation Incarnation, OperationId Operation, Incarnation Highest) : Observation(Incarnation);

    public sealed record TargetRefused(Incarnation Incarnation, OperationId Operation, string Reason) : Observation(Incarnation);

    /// <summary>The target listens.</summary>
    public sealed record TargetPrepared(Incarnation Incarnation, MigrationSession Session, string Address) : Observation(Incarnation);

    public sealed record PrepareFailed(Incarnation Incarnation, MigrationSession Session, string Reason) : Observation(Incarnation);

    /// <summary>QEMU has completed the migration: the guest stands still, and all of it is at the target.</summary>
    public sealed record Sent(Incarnation Incarnation, MigrationSession Session) : Observation(Incarnation)
    {
        /// <summary>What it took; null when that is not known.</summary>
        public SentFigures? Figures { get; init; }
    }

    /// <summary>QEMU's migration is over, and not completed.</summary>
    public sealed record SendFailed(Incarnation Incarnation, MigrationSession Session, string Reason) : Observation(Incarnation);

    /// <summary>The target's answer.</summary>
    public sealed record VerdictTold(Incarnation Incarnation, MigrationSession Session, Verdict Verdict, string Detail) : Observation(Incarnation);

    /// <summary>The target knows that a session is over.</summary>
    public sealed record FarewellTaken(Incarnation Incarnation, MigrationSession Session) : Observation(Incarnation);

    // Of a migration, at its target.

    /// <summary>QEMU listens for the guest.</summary>
    public sealed record Listening(Incarnation Incarnation, string Address) : Observation(Incarnation);

    /// <summary>QEMU has loaded all of the guest.</summary>
    public sealed record Received(Incarnation Incarnation) : Observation(Incarnation);

    public sealed record ReceiveFailed(Incarnation Incarnation, string Reason) : Observation(Incarnation);

    /// <summary>Whoever drives the session was silent for too long.</summary>
    public sealed record PeerLost(Incarnation Incarnation, string Reason) : Observation(Incarnation);

    /// <summary>The source's answer, after a restart between the commit and the guest's run.</summary>
    public sealed record SourceAnswered(Incarnation Incarnation, bool Waits) : Observation(Incarnation);

    /// <summary>One pass of the cleanup is over; what failed stays to be done.</summary>
    public sealed record ReleasePassed(Incarnation Incarnation, ValueList<StepFailure> Failures) : Observation(Incarnation);

    /// <summary>A journaled deadline has passed.</summary>
    public sealed record DeadlinePassed(Incarnation Incarnation, DateTimeOffset Deadline) : Observation(Incarnation);

    /// <summary>Something takes longer than it should, or is not certain; for a person.</summary>
    public sealed record Trouble(Incarnation Incarnation, string Detail) : Observation(Incarnation);

    /// <summary>The supervisor was restarted, and this is what it found of the life.</summary>
    public sealed record Recovered(Incarnation Incarnation, Finding Finding) : Observation(Incarnation);
}

/// <summary>A step that could not be released.</summary>
internal sealed record StepFailure(string Step, string Reason);

/// <summary>What a look at a process saw.</summary>
internal abstract record Sight
{
    public sealed record Answers(GuestState Guest) : Sight;

    /// <summary>Dead or dying: the pidfd said so, or its end closed the monitor.</summary>
    public sealed record Dying : Sight;

    /// <summary>It lives, and its monitor does not answer.</summary>
    public sealed record Unresponsive : Sight;
}

/// <summary>What was found of a life after a restart of the supervisor.</summary>
internal abstract record Finding
{
    /// <summary>Nothing, and nothing can appear.</summary>
    public sealed record Gone(bool HostRebooted) : Finding;

    /// <summary>Its process; <paramref name="Guest"/> is null when the monitor did not answer.</summary>
    public sealed record Alive(ProcessIdentity Process, GuestState? Guest) : Finding;

    /// <summary>It is not certain what there is.</summary>
    public sealed record Ambiguous(string Reason) : Finding;
}
