namespace VmSupervisor.Actors.Persistence.Batching;

/// <summary>Something that is to be written; what a batch consists of.</summary>
public abstract record JournalWrite
{
    private JournalWrite() { }

    /// <summary>Whether it may use the space that is kept for what must not be lost.</summary>
    public AppendPriority Priority => this is Append append ? append.Request.Priority : AppendPriority.Normal;

    /// <summary>The size of what it carries, in bytes: the measure of a batch's size.</summary>
    public long PayloadBytes => this switch
    {
        Append append => append.Request.Events.Sum(e => (long)e.Payload.Length) + append.Request.Receipts.Sum(r => (long)r.Payload.Length),
        SaveSnapshot save => save.Snapshot.Payload.Length,
        AddNote add => add.Note.Payload.Length,
        _ => 0,
    };

    /// <summary>Events and receipts, if the stream is at the expected version.</summary>
    /// <param name="Request">The append.</param>
    public sealed record Append(AppendRequest Request) : JournalWrite;

    /// <summary>A snapshot, in place of one of the same version.</summary>
    /// <param name="Snapshot">The snapshot.</param>
    public sealed record SaveSnapshot(JournalSnapshot Snapshot) : JournalWrite;

    /// <summary>The end of all snapshots up to a version.</summary>
    /// <param name="PersistenceId">The stream.</param>
    /// <param name="ToVersion">The last version to go.</param>
    public sealed record DeleteSnapshots(string PersistenceId, long ToVersion) : JournalWrite;

    /// <summary>The end of all events up to a version; the highest version is remembered.</summary>
    /// <param name="PersistenceId">The stream.</param>
    /// <param name="ToVersion">The last version to go.</param>
    public sealed record DeleteEvents(string PersistenceId, long ToVersion) : JournalWrite;

    /// <summary>A note; the oldest ones of the stream make room.</summary>
    /// <param name="Note">The note.</param>
    public sealed record AddNote(JournalNote Note) : JournalWrite;
}
