using System.Runtime.InteropServices;
using System.Text;

namespace VmSupervisor.Linux;

/// <summary>Writes files that are wholly there after a power cut, or not at all.</summary>
internal static class DurableFile
{
    /// <summary>Replaces a file: write beside it, sync, rename, sync the directory.</summary>
    /// <exception cref="IOException">It could not be written; the old content is still there.</exception>
    public static void Replace(string path, string content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var beside = WriteBeside(path, Encoding.UTF8.GetBytes(content), mode);
        try
        {
            File.Move(beside, path, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }

        SyncDirectory(DirectoryOf(path));
    }

    /// <summary>
    /// Creates a file that is not there yet, never seen half written; false when it exists. Of many who try, in
    /// whatever process, one wins.
    /// </summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public static bool TryCreate(string path, string content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite) =>
        TryCreate(path, Encoding.UTF8.GetBytes(content), mode);

    /// <inheritdoc cref="TryCreate(string, string, UnixFileMode)"/>
    public static bool TryCreate(string path, byte[] content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var beside = WriteBeside(path, content, mode);
        try
        {
            // A link, unlike a rename, refuses to replace.
            if (LibC.Link(beside, path) != 0)
                return Marshal.GetLastPInvokeError() == LibC.Exists ? false : throw LibC.Failure($"cannot create {path}");
        }
        finally
        {
            File.Delete(beside);
        }

        SyncDirectory(DirectoryOf(path));
        return true;
    }

    /// <summary>Makes what was created, renamed and deleted in a directory durable.</summary>
    /// <exception cref="IOException">It could not be opened or synced.</exception>
    public static void SyncDirectory(string path)
    {
        using var directory = FileDescriptor.Open(path, LibC.OpenReadOnly);
        if (LibC.Sync(directory.Number) != 0)
            throw LibC.Failure($"cannot sync {path}");
    }

    private static string WriteBeside(string path, byte[] content, UnixFileMode mode)
    {
        // Unique among all writers without randomness: our pid, and the name is taken exclusively.
        for (var attempt = 0; ; attempt++)
        {
            var beside = $"{path}.{Environment.ProcessId}-{attempt}.tmp";
            try
            {
                using var file = FileDescriptor.Open(beside, LibC.OpenWriteOnly | LibC.OpenCreate | LibC.OpenExclusive, mode);
                Write(file, content, beside);
                return beside;
            }
            catch (IOException e) when (e.HResult == LibC.Exists)
            {
                // Another thread's, or one that a former process with our pid left behind.
            }
        }
    }

    private static unsafe void Write(FileDescriptor file, ReadOnlySpan<byte> content, string path)
    {
        fixed (byte* bytes = content)
        {
            for (nint done = 0; done < content.Length;)
            {
                var written = LibC.Write(file.Number, bytes + done, (nuint)(content.Length - done));
                if (written < 0 && Marshal.GetLastPInvokeError() != LibC.Interrupted)
                    throw Failed();
                done += Math.Max(written, 0);
            }
        }

        if (LibC.Sync(file.Number) != 0)
            throw Failed();

        IOException Failed()
        {
            var failure = LibC.Failure($"cannot write {path}");
            File.Delete(path);
            return failure;
        }
    }

    private static string DirectoryOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;
}
