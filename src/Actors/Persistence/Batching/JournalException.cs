namespace VmSupervisor.Actors.Persistence.Batching;

/// <summary>Trouble of the journal, in words for the person who has to act.</summary>
public class JournalException : Exception
{
    /// <summary>Trouble without a deeper cause.</summary>
    public JournalException(string message) : base(message) { }

    /// <summary>Trouble and its root cause.</summary>
    public JournalException(string message, Exception? cause) : base(message, cause) { }
}

/// <summary>There is no room; nothing was written.</summary>
public sealed class JournalFullException(string message, Exception? cause = null) : JournalException(message, cause);

/// <summary>More is to be written than the store keeps up with; nothing was written.</summary>
public sealed class JournalOverloadedException(string message) : JournalException(message);

/// <summary>The journal has been closed; nothing was written.</summary>
public sealed class JournalClosedException() : JournalException("the journal is closed");

/// <summary>The store did not answer in time: whether it wrote is unknown.</summary>
public sealed class JournalTimeoutException(string message) : JournalException(message);
