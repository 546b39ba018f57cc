using VmSupervisor.Actors.Persistence.Batching;

namespace VmSupervisor.Journal.Sqlite;

/// <summary>
/// The journal's file cannot be used: foreign, damaged, of a newer version, or not accessible. It has not been
/// changed. The message says what was found and what to do.
/// </summary>
public sealed class JournalFileException : JournalException
{
    internal JournalFileException(string message, Exception? cause = null) : base(message, cause) { }
}
