using VmSupervisor.Actors.Persistence;

namespace VmSupervisor.Journal.Sqlite;

/// <summary>What is done to journals and backups that no program uses.</summary>
public static class JournalFiles
{
    /// <summary>Reads all of a journal or a backup and says what is wrong with it; changes nothing.</summary>
    /// <param name="path">The file. A journal's must be in no other program's use: see <see cref="StateDirectoryLock"/>.</param>
    /// <param name="serializer">What must be able to read every event.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static JournalReport Verify(string path, IEventSerializer serializer) =>
        new JournalVerification(Path.GetFullPath(path), serializer).Run(CancellationToken.None);

    /// <summary>
    /// Puts a backup in a journal's place, which then is of another epoch; what was there is kept beside it. Call it with
    /// the state directory's lock in hand, and after <see cref="Verify"/> has found no fault.
    /// </summary>
    /// <param name="backup">The backup.</param>
    /// <param name="journal">The journal's file.</param>
    /// <param name="now">The time, for the name of what is set aside.</param>
    /// <returns>Which journal it is now, and where the former one is; null when there was none.</returns>
    /// <exception cref="IOException">It could not be written; <c>FILE.restoring</c> tells that it is to be done again.</exception>
    public static (JournalIdentity Identity, string? Aside) Restore(string backup, string journal, DateTimeOffset now) =>
        JournalRestore.Run(Path.GetFullPath(backup), Path.GetFullPath(journal), now);
}
