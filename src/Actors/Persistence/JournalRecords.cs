namespace VmSupervisor.Actors.Persistence;

/// <summary>An event that is to be written.</summary>
/// <param name="Type">A name that does not depend on a class name.</param>
/// <param name="SchemaVersion">The version of the payload's shape, from 1.</param>
/// <param name="Payload">The event, serialised.</param>
/// <param name="At">When it happened, by the writer's clock.</param>
public sealed record NewEvent(string Type, int SchemaVersion, ReadOnlyMemory<byte> Payload, DateTimeOffset At);

/// <summary>A kind of event.</summary>
/// <param name="Type">A name that does not depend on a class name.</param>
/// <param name="SchemaVersion">The version of the payload's shape, from 1.</param>
public sealed record EventKind(string Type, int SchemaVersion);

/// <summary>An event as it stands in the journal.</summary>
/// <param name="Position">Its place among the events of all streams; grows, from 1, and may have gaps.</param>
/// <param name="PersistenceId">Its stream.</param>
/// <param name="Version">Its place in its stream: 1, 2, 3, … without a gap.</param>
/// <param name="Type">A name that does not depend on a class name.</param>
/// <param name="SchemaVersion">The version of the payload's shape, from 1.</param>
/// <param name="Payload">The event, serialised.</param>
/// <param name="At">When it happened, by the writer's clock.</param>
public sealed record JournalEvent(
    long Position, string PersistenceId, long Version, string Type, int SchemaVersion, ReadOnlyMemory<byte> Payload, DateTimeOffset At);

/// <summary>The state of a stream after its event number <paramref name="Version"/>, so that replay may begin there.</summary>
/// <param name="PersistenceId">Its stream.</param>
/// <param name="Version">The version of the last event it contains.</param>
/// <param name="Type">A name that does not depend on a class name.</param>
/// <param name="SchemaVersion">The version of the payload's shape, from 1.</param>
/// <param name="Payload">The state, serialised.</param>
/// <param name="At">When it was taken, by the writer's clock.</param>
public sealed record JournalSnapshot(
    string PersistenceId, long Version, string Type, int SchemaVersion, ReadOnlyMemory<byte> Payload, DateTimeOffset At);

/// <summary>
/// The lasting answer to a request, written in the same transaction as the events that ended it, so that asking
/// again with the same key gives the same answer and does nothing twice.
/// </summary>
/// <param name="Key">
/// The request's id; unique in the journal, over all streams. The first answer under a key wins: while it has not
/// expired, a later receipt with this key is left out, also one in the same append, and the rest of its append is
/// written as if it had not carried it. Events are facts and are not lost because an id was used twice. Which answer
/// won, <see cref="IJournal.FindReceiptAsync"/> tells.
/// </param>
/// <param name="Fingerprint">What was asked: the same key with another fingerprint is a conflict, for the caller to judge.</param>
/// <param name="Payload">The answer, serialised.</param>
/// <param name="ExpiresAt">From then on it is as if it did not exist.</param>
public sealed record Receipt(string Key, string Fingerprint, ReadOnlyMemory<byte> Payload, DateTimeOffset ExpiresAt);

/// <summary>Something worth knowing about a stream that is not an event of it.</summary>
/// <param name="PersistenceId">Its stream.</param>
/// <param name="AtVersion">The stream's version when it was noted.</param>
/// <param name="Payload">What is noted, serialised.</param>
/// <param name="At">When, by the writer's clock.</param>
public sealed record JournalNote(string PersistenceId, long AtVersion, ReadOnlyMemory<byte> Payload, DateTimeOffset At);

/// <summary>Which appends go through when the store is nearly full.</summary>
public enum AppendPriority
{
    /// <summary>Refused first.</summary>
    Normal,

    /// <summary>May use the reserve that the store keeps for what must not be lost.</summary>
    Reserve,
}

/// <summary>One atomic write.</summary>
/// <param name="PersistenceId">The stream.</param>
/// <param name="ExpectedVersion">The stream's highest version as the writer knows it; another one is a conflict.</param>
/// <param name="Events">What is appended, in order; may be empty when there are receipts.</param>
public sealed record AppendRequest(string PersistenceId, long ExpectedVersion, IReadOnlyList<NewEvent> Events)
{
    /// <summary>
    /// Answers that are written in the same transaction, in order; those whose key is taken are left out, and the
    /// append goes through all the same.
    /// </summary>
    public IReadOnlyList<Receipt> Receipts { get; init; } = [];

    /// <summary>Which appends go through when the store is nearly full.</summary>
    public AppendPriority Priority { get; init; }
}

/// <summary>What became of an append.</summary>
public abstract record AppendResult
{
    private AppendResult() { }

    /// <summary>
    /// It is durable: all of its events, and its receipts but those whose key was taken by an earlier answer, which
    /// is durable, too.
    /// </summary>
    /// <param name="Version">The stream's highest version now; unchanged when there were no events.</param>
    /// <param name="Position">The position of the last event written; 0 when none was.</param>
    public sealed record Appended(long Version, long Position) : AppendResult;

    /// <summary>Nothing was written: another writer has been there.</summary>
    /// <param name="ActualVersion">The stream's highest version.</param>
    public sealed record Conflict(long ActualVersion) : AppendResult;

    /// <summary>Nothing was written, for certain: the store is full, overloaded or closed. The stream is as it was.</summary>
    /// <param name="Cause">The root cause.</param>
    public sealed record Rejected(Exception Cause) : AppendResult;

    /// <summary>Whether it was written is unknown: only a new recovery can tell.</summary>
    /// <param name="Cause">The root cause.</param>
    public sealed record Unknown(Exception Cause) : AppendResult;
}
