namespace VmSupervisor.Actors.Persistence;

/// <summary>
/// Recovery: wait for a permit, take the newest snapshot that can be read, replay the events after it in pieces,
/// return the permit. Reading happens outside of the actor, applying inside, and all of it before any command.
/// </summary>
public abstract partial class PersistentActor
{
    private RecoveryPermits.Waiter? _permit;
    private RecoveryReader? _reader;
    private long _deadline;

    private void BeginRecovery()
    {
        IsRecovering = true;
        Cell.CloseGate(new PermitGate(Cell, permit =>
        {
            _permit = permit;
            _reader = new RecoveryReader(journal, serializer, PersistenceId);
            var time = Cell.System.Time;
            _deadline = time.GetTimestamp()
                + (long)(Cell.System.Options.RecoveryTimeLimit.TotalSeconds * time.TimestampFrequency);
            Read(_reader.ReadStartAsync, ApplyStart);
        }));
    }

    private void Read<T>(Func<CancellationToken, Task<T>> read, Action<T> apply)
    {
        var time = Cell.System.Time;
        var left = TimeSpan.FromSeconds(Math.Max(0, _deadline - time.GetTimestamp()) / (double)time.TimestampFrequency);
        Cell.CloseGate(new JournalGate<T>(
            Cell, sender: null, read, left, $"it took longer than {Cell.System.Options.RecoveryTimeLimit}",
            result => Guarded(() => apply(result)), RecoveryFailed, abandoned: ReturnPermit));
    }

    private void ApplyStart(RecoveryReader.Start start)
    {
        foreach (var (version, cause) in start.Unreadable)
        {
            LogSnapshotUnreadable(Cell.System.Logger, PersistenceId, version, cause);
        }

        if (start.Snapshot is { } snapshot)
        {
            OnRecoverSnapshot(snapshot);
            LastVersion = start.SnapshotVersion;
        }

        ReadOn(start.HighestVersion);
    }

    private void ApplyPiece(RecoveryReader.Piece piece)
    {
        foreach (var (stored, @event) in piece.Events)
        {
            try
            {
                OnRecover(@event);
            }
            catch (Exception e)
            {
                throw new RecoveryFailedException(
                    PersistenceId, $"event {stored.Version} ({stored.Type}) could not be applied: {e.Message}", e);
            }

            LastVersion = stored.Version;
            LastPosition = stored.Position;
        }

        if (piece.Events.Count == 0)
        {
            // The owner deleted the whole stream on purpose; only its version is remembered.
            LastVersion = piece.HighestVersion;
        }

        ReadOn(piece.HighestVersion);
    }

    private void ReadOn(long highestVersion)
    {
        if (LastVersion < highestVersion)
        {
            var after = LastVersion;
            Read(cancel => _reader!.ReadPieceAsync(after, highestVersion, cancel), ApplyPiece);
            return;
        }

        ReturnPermit();
        _reader = null;
        IsRecovering = false;
        RunHandler(OnRecoveryCompleted);
        AppendNext();
    }

    private void Guarded(Action step)
    {
        try
        {
            step();
        }
        catch (Exception e) when (IsRecovering)
        {
            RecoveryFailed(e);
        }
    }

    private void RecoveryFailed(Exception cause)
    {
        ReturnPermit();
        StopBecause(cause as RecoveryFailedException ?? new RecoveryFailedException(PersistenceId, cause.Message, cause));
    }

    private void ReturnPermit()
    {
        _permit?.Dispose();
        _permit = null;
    }
}
