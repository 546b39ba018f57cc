using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VmSupervisor.Linux;

/// <summary>
/// Which file it is, whatever it is called now, and its size. The number is made of the inode and the time of its birth,
/// since ext4 gives a new file the inode of one that was just deleted.
/// </summary>
internal static partial class FileNumber
{
    private const int WorkingDirectory = -100, EmptyPath = 0x1000;
    private const uint Type = 0x1, InodeSizeAndBirth = 0x100 | 0x200 | 0x800;

    /// <summary>The file that a path leads to; null when there is none.</summary>
    public static (ulong Number, long Size)? Of(string path) => Look(WorkingDirectory, path, 0);

    /// <summary>An open file.</summary>
    /// <exception cref="IOException">The kernel does not say.</exception>
    public static (ulong Number, long Size) Of(SafeFileHandle file)
    {
        var added = false;
        try
        {
            file.DangerousAddRef(ref added);
            return Look((int)file.DangerousGetHandle(), "", EmptyPath) ?? throw LibC.Failure("cannot look at an open file");
        }
        finally
        {
            if (added)
                file.DangerousRelease();
        }
    }

    /// <summary>Whether a path leads to a regular file, and not to a device or a directory; null when it leads to nothing.</summary>
    /// <exception cref="IOException">The kernel does not say.</exception>
    public static unsafe bool? IsRegular(string path)
    {
        const int mode = 28, kinds = 0xF000, regular = 0x8000, notDirectory = 20;
        Span<byte> found = stackalloc byte[256];
        fixed (byte* bytes = found)
        {
            if (Statx(WorkingDirectory, path, 0, Type, bytes) != 0)
                return Marshal.GetLastPInvokeError() is LibC.NoEntry or notDirectory ? null : throw LibC.Failure($"cannot look at {path}");
        }

        return (BinaryPrimitives.ReadUInt16LittleEndian(found[mode..]) & kinds) == regular;
    }

    // statx looks the same on every architecture; stat does not.
    private static unsafe (ulong Number, long Size)? Look(int directory, string path, int flags)
    {
        const int inode = 32, size = 40, birthSeconds = 80, birthNanoseconds = 88;
        Span<byte> found = stackalloc byte[256];
        fixed (byte* bytes = found)
        {
            if (Statx(directory, path, flags, InodeSizeAndBirth, bytes) != 0)
                return null;
        }

        // Where the file system knows no birth it is 0, and such ones (tmpfs of old) do not give a number twice.
        var born = (BinaryPrimitives.ReadUInt64LittleEndian(found[birthSeconds..]) * 1_000_000_000)
            + BinaryPrimitives.ReadUInt32LittleEndian(found[birthNanoseconds..]);
        var number = unchecked((BinaryPrimitives.ReadUInt64LittleEndian(found[inode..]) * 0x9E37_79B9_7F4A_7C15) + born);
        return (number, BinaryPrimitives.ReadInt64LittleEndian(found[size..]));
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static unsafe partial int Statx(int directory, string path, int flags, uint mask, byte* found);
}
