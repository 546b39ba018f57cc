using VmSupervisor.Actors.Persistence.Batching;

namespace VmSupervisor.Journal.Sqlite;

/// <summary>
/// The journal's file cannot be used: foreign, damaged, of a newer version, or not accessible. It has not been
/// changed. The message says what was found and what to do.
/// </summary>
public sealed class JournalFileException : JournalException
{
    /// <summary>What was found, without the file's name and without advice; the whole message when that is all there is.</summary>
    internal string Found { get => field ?? Message; init; }

    internal JournalFileException(string message, Exception? cause = null) : base(message, cause) { }
}
