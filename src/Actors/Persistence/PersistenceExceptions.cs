namespace VmSupervisor.Actors.Persistence;

/// <summary>The base of what ends a persistent actor; its watchers find it in <see cref="Terminated.Cause"/>.</summary>
public abstract class PersistenceException : Exception
{
    private protected PersistenceException(string persistenceId, string message, Exception? cause = null)
        : base($"{persistenceId}: {message}", cause) => PersistenceId = persistenceId;

    /// <summary>Whose it is.</summary>
    public string PersistenceId { get; }
}

/// <summary>The state could not be brought back. Nothing was written.</summary>
public sealed class RecoveryFailedException : PersistenceException
{
    internal RecoveryFailedException(string persistenceId, string message, Exception? cause = null)
        : base(persistenceId, "recovery failed: " + message, cause) { }
}

/// <summary>Another writer has written to the stream of this actor.</summary>
public sealed class FencedException : PersistenceException
{
    internal FencedException(string persistenceId, long expected, long actual)
        : base(persistenceId, $"fenced off: version {expected} was expected, but another writer has brought it to {actual}")
    {
        ExpectedVersion = expected;
        ActualVersion = actual;
    }

    /// <summary>The version this actor knew.</summary>
    public long ExpectedVersion { get; }

    /// <summary>The version the journal has.</summary>
    public long ActualVersion { get; }
}

/// <summary>Whether an append was written is not known; the next recovery will tell.</summary>
public sealed class PersistOutcomeUnknownException : PersistenceException
{
    internal PersistOutcomeUnknownException(string persistenceId, Exception cause)
        : base(persistenceId, $"the outcome of an append is unknown: {cause.Message}", cause) { }
}

/// <summary>An event's type, or the version of its shape, is not known to the serialiser.</summary>
/// <param name="type">The type's name in the journal.</param>
/// <param name="schemaVersion">The version of its shape.</param>
public sealed class UnknownEventException(string type, int schemaVersion)
    : Exception($"event type '{type}' version {schemaVersion} is not known here; it was written by another version of the program")
{
    /// <summary>The type's name in the journal.</summary>
    public string Type { get; } = type;

    /// <summary>The version of its shape.</summary>
    public int SchemaVersion { get; } = schemaVersion;
}
