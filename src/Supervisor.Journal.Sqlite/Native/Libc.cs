using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VmSupervisor.Journal.Sqlite.Native;

/// <summary>The few calls that .NET does not offer, or offers without telling when they fail. Linux only.</summary>
internal static partial class Libc
{
    public const int ReadWrite = 2;
    public const int CreateFile = 0x40;
    public const int CloseOnExec = 0x80000;
    public const int LockExclusive = 2;
    public const int LockNonBlocking = 4;
    public const int WouldBlock = 11;
    public const int OwnerOnly = 0x180; // 0600

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle file);

    /// <summary>Returns the error instead of setting it.</summary>
    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    public static partial int PosixFallocate(SafeFileHandle file, long offset, long length);

    /// <summary>Makes a rename or a creation in a directory durable.</summary>
    public static void SyncDirectory(string path)
    {
        using var directory = Open(path, CloseOnExec, 0);
        if (directory.IsInvalid || Fsync(directory) != 0)
            throw new IOException($"{path}: cannot be synced: {LastError()}");
    }

    public static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
}
