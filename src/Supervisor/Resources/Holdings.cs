using System.Security.Cryptography;
using System.Text;

namespace VmSupervisor.Resources;

/// <summary>
/// What a VM holds or was about to acquire, a file each beside the run directories of its incarnations: it is made
/// before anything is acquired and goes after the release. So nothing is released that never was ours: a volume that
/// somebody else activated, or one whose executable does not exist (whose release would fail for ever).
/// </summary>
internal static class Holdings
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <param name="runDirectory">That of an incarnation.</param>
    /// <param name="what">What it is, in the words that also the next life has for it.</param>
    /// <returns>Whether it is new.</returns>
    public static bool Add(string runDirectory, string what)
    {
        var file = FileOf(runDirectory, what);
        if (File.Exists(file))
            return false;
        try
        {
            Write(file, what);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ResourceException($"it cannot be noted in {file}: {e.Message}", e);
        }
    }

    public static bool Has(string runDirectory, string what) => File.Exists(FileOf(runDirectory, what));

    public static void Remove(string runDirectory, string what)
    {
        var file = FileOf(runDirectory, what);
        try
        {
            RemoveFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ResourceException($"{file} cannot be removed: {e.Message}", e);
        }
    }

    /// <summary>Where a VM's are.</summary>
    public static string DirectoryOf(string runDirectory) => Path.Combine(Path.GetDirectoryName(runDirectory)!, "held");

    /// <summary>Writes one of these files.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!, OwnerOnly);
        File.WriteAllText(file, text);
    }

    /// <summary>Removes one of these files, if it is there.</summary>
    /// <exception cref="IOException">It is still there.</exception>
    public static void RemoveFile(string file)
    {
        if (File.Exists(file))
            File.Delete(file);
    }

    /// <summary>
    /// Removes the directories that have become empty. After every release, whatever it found: a supervisor may have been
    /// killed when the last file was gone and they were not.
    /// </summary>
    public static void RemoveEmptyDirectories(string runDirectory)
    {
        RunDirectory.RemoveWhenEmpty(DirectoryOf(runDirectory));
        RunDirectory.RemoveWhenEmpty(Path.GetDirectoryName(runDirectory)!);
    }

    private static string FileOf(string runDirectory, string what) => Path.Combine(
        DirectoryOf(runDirectory), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what)).AsSpan(0, 8)));
}
