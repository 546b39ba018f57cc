using VmSupervisor.Actors.Kernel;

namespace VmSupervisor.Actors.Persistence;

/// <summary>
/// An actor whose state is the sum of its events. It recovers before its first command; an event is durable before
/// its handler runs; commands that come meanwhile stay in the mailbox, in order.
/// </summary>
/// <remarks>
/// When recovery fails, when an append's outcome is unknown, or when another writer has been there, the actor stops
/// and <see cref="Terminated.Cause"/> tells its watchers why (a <see cref="PersistenceException"/>).
/// </remarks>
/// <param name="journal">Where the events are.</param>
/// <param name="serializer">How they are written.</param>
public abstract partial class PersistentActor(IJournal journal, IEventSerializer serializer) : Actor
{
    /// <summary>The name of the stream; the same in every life.</summary>
    public abstract string PersistenceId { get; }

    /// <summary>The version of the last event; 0 before the first.</summary>
    protected long LastVersion { get; private set; }

    /// <summary>The journal position of the last event that was replayed or persisted; 0 when there was none.</summary>
    protected long LastPosition { get; private set; }

    /// <summary>Whether events are being replayed.</summary>
    protected bool IsRecovering { get; private set; }

    /// <summary>The journal.</summary>
    protected IJournal Journal => journal;

    /// <summary>How many snapshots are kept; 2 by default, so that one that cannot be read has a predecessor.</summary>
    protected virtual int SnapshotsToKeep => 2;

    /// <summary>Handles a command: decides, and persists what is to happen.</summary>
    protected abstract void OnCommand(object message);

    /// <summary>Applies an event of the past. Must not act on the world.</summary>
    protected abstract void OnRecover(object @event);

    /// <summary>Takes over the state of a snapshot; called at most once, before any event.</summary>
    protected virtual void OnRecoverSnapshot(object snapshot) =>
        throw new NotSupportedException($"{GetType().Name} found a snapshot, but does not take any");

    /// <summary>The state is what it was; called once, before the first command. Persisting is allowed.</summary>
    protected virtual void OnRecoveryCompleted() { }

    /// <summary>Nothing of an append was written, for certain. The state is as it was; the sender can be answered.</summary>
    /// <param name="cause">Why not.</param>
    /// <param name="events">What was to be written.</param>
    protected virtual void OnPersistRejected(Exception cause, IReadOnlyList<object> events) =>
        LogRejected(Cell.System.Logger, PersistenceId, cause);

    /// <summary>A snapshot is saved.</summary>
    /// <param name="version">The version of its last event.</param>
    protected virtual void OnSnapshotSaved(long version) { }

    /// <summary>A snapshot could not be saved. Nothing is lost by that but the time of the next recovery.</summary>
    protected virtual void OnSnapshotFailed(Exception cause) => LogSnapshotFailed(Cell.System.Logger, PersistenceId, cause);

    /// <inheritdoc />
    protected sealed override void OnReceive(object message)
    {
        try
        {
            if (message is SnapshotEnded ended)
            {
                OnSnapshotEnded(ended);
            }
            else
            {
                OnCommand(message);
            }
        }
        catch
        {
            // A command that failed decided nothing, even if the supervisor lets the actor go on.
            _pending.Clear();
            throw;
        }

        AppendNext();
    }

    internal sealed override bool CanResume => !_handlerFailed;

    private protected sealed override void Started() => BeginRecovery();

    private void StopBecause(PersistenceException cause)
    {
        LogStopped(Cell.System.Logger, PersistenceId, cause);
        _pending.Clear();
        Context.Stop(Self, cause);
    }
}
