using VmSupervisor.Contracts;

namespace VmSupervisor.Domain;

/// <summary>
/// Something to be done in the world. Its value is its identity: as long as a state has an equal effect outstanding
/// it is the same one, begun once; when no state wants it any more it is given up.
/// </summary>
internal abstract record Effect(Incarnation Incarnation)
{
    public sealed record RunHooks(Incarnation Incarnation, HookPhase Phase, TimeSpan Limit, Cause Cause, OperationId? Operation) : Effect(Incarnation);

    /// <summary>Ends hooks that run, or sees to it that they never begin.</summary>
    public sealed record EndHooks(Incarnation Incarnation, HookPhase Phase) : Effect(Incarnation);

    /// <summary>Acquires the plan's steps in order, launches QEMU, and waits until it answers.</summary>
    public sealed record BringUp(Incarnation Incarnation) : Effect(Incarnation);

    public sealed record Continue(Incarnation Incarnation) : Effect(Incarnation);

    public sealed record WatchExit(Incarnation Incarnation, ProcessIdentity Process) : Effect(Incarnation);

    public sealed record FollowGuest(Incarnation Incarnation) : Effect(Incarnation);

    public sealed record Look(Incarnation Incarnation, ProcessIdentity Process, OperationId Operation) : Effect(Incarnation);

    public sealed record Ask(Incarnation Incarnation, OperationId Operation, GuestRequest Request) : Effect(Incarnation);

    public sealed record PowerDown(Incarnation Incarnation, int Press) : Effect(Incarnation);

    public sealed record Quit(Incarnation Incarnation) : Effect(Incarnation);

    public sealed record Terminate(Incarnation Incarnation, ProcessIdentity Process) : Effect(Incarnation);

    public sealed record Kill(Incarnation Incarnation, ProcessIdentity Process) : Effect(Incarnation);

    /// <summary>Finds and kills whatever lives of the incarnation, and waits until its lock is free.</summary>
    public sealed record Extinguish(Incarnation Incarnation) : Effect(Incarnation);

    /// <summary>One pass over the steps; from the second on after a backoff.</summary>
    public sealed record Release(Incarnation Incarnation, ValueList<Step> Steps, int Attempt) : Effect(Incarnation);

    /// <summary>Begins the jobs of a backup at one moment, with the guest's CPUs stopped around it or not.</summary>
    public sealed record BeginBackup(
        Incarnation Incarnation, OperationId Operation, ValueList<BackupFile> Files, long? BytesPerSecond, bool Pause, bool Freeze) : Effect(Incarnation);

    /// <summary>Sees the jobs of a backup to their end.</summary>
    public sealed record FollowBackup(Incarnation Incarnation, OperationId Operation, ValueList<BackupFile> Files) : Effect(Incarnation);

    /// <summary>Cancels the jobs of a backup, removes its files, and lets the guest go on that was stopped for it.</summary>
    public sealed record UndoBackup(Incarnation Incarnation, OperationId Operation, ValueList<BackupFile> Files, bool ThenContinue) : Effect(Incarnation);

    /// <summary>Stops the CPUs and writes the guest's memory to a file.</summary>
    public sealed record SaveMemory(Incarnation Incarnation, OperationId Operation) : Effect(Incarnation);

    /// <summary>Ends the writing, removes the file, and lets the guest go on if it ran.</summary>
    public sealed record UndoSave(Incarnation Incarnation, OperationId Operation, bool ThenContinue) : Effect(Incarnation);

    // Of a migration, at its source.

    public sealed record CheckTarget(Incarnation Incarnation, OperationId Operation, MigrationPlan Plan) : Effect(Incarnation);

    public sealed record PrepareTarget(Incarnation Incarnation, MigrationSession Session, MigrationPlan Plan, bool WasRunning) : Effect(Incarnation);

    /// <summary>Lets QEMU send the guest, to the end of it.</summary>
    public sealed record Send(Incarnation Incarnation, MigrationSession Session, string Address, MigrationPlan Plan) : Effect(Incarnation);

    /// <summary>Lets the guest stand still for as long as the rest of it takes.</summary>
    public sealed record Hurry(Incarnation Incarnation, MigrationSession Session) : Effect(Incarnation);

    /// <summary>Cancels what QEMU sends, and finds out whether all was sent before.</summary>
    /// <param name="Incarnation">The life that was sent.</param>
    /// <param name="Session">For whom.</param>
    /// <param name="Plan">How it was sent.</param>
    /// <param name="FinishIfSent">Whether it goes on all the same if all was sent; otherwise the target is told at once that it is over.</param>
    public sealed record CancelSend(Incarnation Incarnation, MigrationSession Session, MigrationPlan Plan, bool FinishIfSent) : Effect(Incarnation);

    /// <summary>Asks the target for its verdict until it has one: to commit if it can, or else to abort if it still can.</summary>
    public sealed record SeekVerdict(Incarnation Incarnation, MigrationSession Session, bool Commits) : Effect(Incarnation);

    /// <summary>Tells the target that a session is over here.</summary>
    /// <param name="Incarnation">The life that was sent.</param>
    /// <param name="Session">Which.</param>
    public sealed record BidFarewell(Incarnation Incarnation, MigrationSession Session) : Effect(Incarnation);

    // Of a migration, at its target.

    public sealed record Listen(Incarnation Incarnation, MigrationSession Session, MigrationPlan Plan) : Effect(Incarnation);

    public sealed record Receive(Incarnation Incarnation, MigrationSession Session) : Effect(Incarnation);

    /// <summary>Watches whoever drives the session.</summary>
    public sealed record WatchPeer(Incarnation Incarnation, MigrationSession Session) : Effect(Incarnation);

    /// <summary>Asks the source whether it still waits for this copy to run.</summary>
    public sealed record AskSource(Incarnation Incarnation, MigrationSession Session) : Effect(Incarnation);

    public sealed record WaitUntil(Incarnation Incarnation, DateTimeOffset Deadline) : Effect(Incarnation);
}
