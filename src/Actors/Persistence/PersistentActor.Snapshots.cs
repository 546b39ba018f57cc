namespace VmSupervisor.Actors.Persistence;

/// <summary>Snapshots: saved beside the commands, one at a time, the newest wish wins.</summary>
public abstract partial class PersistentActor
{
    private JournalSnapshot? _nextSnapshot;
    private bool _isSavingSnapshot;

    /// <summary>
    /// Saves the state as it is after <see cref="LastVersion"/>, so that recovery may begin there. It is serialised
    /// now and written beside the commands that follow; older snapshots than those to keep are deleted.
    /// </summary>
    protected void SaveSnapshot(object state)
    {
        JournalSnapshot snapshot;
        try
        {
            var (type, version, payload) = serializer.Serialize(state);
            snapshot = new JournalSnapshot(PersistenceId, LastVersion, type, version, payload, Cell.System.Time.GetUtcNow());
        }
        catch (Exception e)
        {
            OnSnapshotFailed(e);
            return;
        }

        if (_isSavingSnapshot)
        {
            _nextSnapshot = snapshot;
            return;
        }

        _isSavingSnapshot = true;
        Write(snapshot);
    }

    private void Write(JournalSnapshot snapshot)
    {
        var keep = SnapshotsToKeep;
        Context.PipeToSelf<object>(
            async cancel =>
            {
                await journal.SaveSnapshotAsync(snapshot, cancel);
                await DeleteOlderAsync(snapshot.Version, keep, cancel);
                return snapshot;
            },
            _ => new SnapshotEnded(snapshot.Version, null),
            e => new SnapshotEnded(snapshot.Version, e));
    }

    private async Task DeleteOlderAsync(long newest, int keep, CancellationToken cancellationToken)
    {
        var oldestKept = newest;
        for (var kept = 1; kept < keep; kept++)
        {
            if (await journal.LoadSnapshotAsync(PersistenceId, oldestKept - 1, cancellationToken) is not { } older)
            {
                return;
            }

            oldestKept = older.Version;
        }

        await journal.DeleteSnapshotsAsync(PersistenceId, oldestKept - 1, cancellationToken);
    }

    private void OnSnapshotEnded(SnapshotEnded ended)
    {
        if (_nextSnapshot is { } next)
        {
            _nextSnapshot = null;
            Write(next);
        }
        else
        {
            _isSavingSnapshot = false;
        }

        if (ended.Cause is { } cause)
        {
            OnSnapshotFailed(cause);
        }
        else
        {
            OnSnapshotSaved(ended.Version);
        }
    }

    private sealed record SnapshotEnded(long Version, Exception? Cause) : INotInfluenceReceiveTimeout;
}
