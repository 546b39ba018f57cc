namespace VmSupervisor.Actors.Persistence;

/// <summary>Reads what a recovery needs, and checks that nothing is missing. Runs outside of the actor.</summary>
internal sealed class RecoveryReader(IJournal journal, IEventSerializer serializer, string persistenceId)
{
    // So many events are held in memory at a time.
    private const int EventsPerPiece = 256;

    private bool _hasSnapshot;
    private bool _passedOver;

    public async Task<Start> ReadStartAsync(CancellationToken cancellationToken)
    {
        var highest = await journal.HighestVersionAsync(persistenceId, cancellationToken);
        var unreadable = new List<(long Version, Exception Cause)>();
        var below = long.MaxValue;
        while (await journal.LoadSnapshotAsync(persistenceId, below, cancellationToken) is { } stored)
        {
            if (stored.Version > highest)
            {
                throw new RecoveryFailedException(
                    persistenceId, $"there is a snapshot of version {stored.Version}, but the journal ends at {highest}");
            }

            try
            {
                var snapshot = serializer.Deserialize(stored.Type, stored.SchemaVersion, stored.Payload);
                _hasSnapshot = true;
                return new Start(highest, snapshot, stored.Version, unreadable);
            }
            catch (Exception e)
            {
                _passedOver = true;
                unreadable.Add((stored.Version, e));
                below = stored.Version - 1;
            }
        }

        return new Start(highest, null, 0, unreadable);
    }

    public async Task<Piece> ReadPieceAsync(long after, long highest, CancellationToken cancellationToken)
    {
        // Without a snapshot the owner may have deleted the first events on purpose; after that there are no gaps.
        var mayBeginLater = after == 0 && !_hasSnapshot && !_passedOver;
        var last = mayBeginLater ? highest : Math.Min(highest, after + EventsPerPiece);
        var events = new List<(JournalEvent Stored, object Event)>();
        var expected = after + 1;
        await foreach (var stored in journal.ReadAsync(persistenceId, after + 1, last, cancellationToken))
        {
            if (stored.Version != expected && !(mayBeginLater && events.Count == 0))
            {
                throw Missing(expected, stored.Version);
            }

            events.Add((stored, Deserialize(stored)));
            expected = stored.Version + 1;
            if (events.Count == EventsPerPiece)
            {
                break;
            }
        }

        var isComplete = events.Count == EventsPerPiece || expected > last || (mayBeginLater && events.Count == 0);
        return isComplete ? new Piece(events, highest) : throw Missing(expected, found: null);
    }

    private object Deserialize(JournalEvent stored)
    {
        try
        {
            return serializer.Deserialize(stored.Type, stored.SchemaVersion, stored.Payload);
        }
        catch (Exception e)
        {
            throw new RecoveryFailedException(
                persistenceId,
                $"event {stored.Version} (type '{stored.Type}', version {stored.SchemaVersion}) cannot be read: {e.Message}", e);
        }
    }

    private RecoveryFailedException Missing(long expected, long? found) => new(
        persistenceId,
        $"event {expected} is missing" + (found is null ? "" : $" ({found} follows)")
        + (_passedOver ? ", and the snapshots that contained it cannot be read" : ""));

    internal sealed record Start(
        long HighestVersion, object? Snapshot, long SnapshotVersion, IReadOnlyList<(long Version, Exception Cause)> Unreadable);

    internal sealed record Piece(IReadOnlyList<(JournalEvent Stored, object Event)> Events, long HighestVersion);
}
