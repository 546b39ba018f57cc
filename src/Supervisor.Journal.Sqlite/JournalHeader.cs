using System.Buffers.Binary;

namespace VmSupervisor.Journal.Sqlite;

/// <summary>
/// What the first 100 bytes of a file say, read without SQLite: a file that is not ours is not even opened by it
/// (which could replay a log lying beside it).
/// </summary>
internal static class JournalHeader
{
    private const int Length = 100;
    private const int UserVersionOffset = 60;
    private const int ApplicationIdOffset = 68;

    private static ReadOnlySpan<byte> Magic => "SQLite format 3\0"u8;

    /// <summary>Throws when the file is not a journal that this version can use.</summary>
    public static void Check(string path)
    {
        Span<byte> header = stackalloc byte[Length];
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            var read = RandomAccess.Read(file, header, 0);
            if (read == 0)
                throw Refuse(path, "the file is empty", "restore it from a backup (vmsup journal restore), or, if it never held anything, delete the empty file");
            if (read < Length || !header.StartsWith(Magic))
                throw Refuse(path, "it is not an SQLite database", "restore it from a backup (vmsup journal restore), or configure another state directory");
        }
        var application = BinaryPrimitives.ReadInt32BigEndian(header[ApplicationIdOffset..]);
        if (application != Schema.ApplicationId)
        {
            throw Refuse(path, $"it is the database of another program (application id 0x{application:x8})",
                "configure another state directory, or move the file away");
        }
        CheckVersion(path, BinaryPrimitives.ReadInt32BigEndian(header[UserVersionOffset..]));
    }

    public static void CheckVersion(string path, long version)
    {
        if (version > Schema.Version)
        {
            throw Refuse(path, $"it was written by a newer version (schema {version}, this one knows up to {Schema.Version})",
                "install that version again, or restore the backup made before the upgrade");
        }
        if (version < 1)
            throw Refuse(path, $"its schema version is {version}, so it is damaged", "restore it from a backup (vmsup journal restore)");
    }

    public static JournalFileException Refuse(string path, string found, string advice, Exception? cause = null) =>
        new($"journal {path} refused: {found}; it was left as it is. What to do: {advice}", cause) { Found = found };
}
