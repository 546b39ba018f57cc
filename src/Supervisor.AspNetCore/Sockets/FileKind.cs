using System.Runtime.InteropServices;

namespace VmSupervisor.AspNetCore.Sockets;

/// <summary>What a path is: connecting to a plain file is refused just as connecting to a dead socket, so it must be looked at.</summary>
internal static unsafe partial class FileKind
{
    private const int CurrentDirectory = -100, DoNotFollow = 0x100, WantType = 1, ModeAt = 28, TypeMask = 0xF000, SocketType = 0xC000;
    private const int SizeOfStatx = 256, NoSuchFile = 2;

    public enum Kind
    {
        Missing,
        Socket,
        Other,
    }

    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static Kind Of(string path)
    {
        var buffer = stackalloc byte[SizeOfStatx];
        if (Statx(CurrentDirectory, path, DoNotFollow, WantType, buffer) == 0)
            return (*(ushort*)(buffer + ModeAt) & TypeMask) == SocketType ? Kind.Socket : Kind.Other;
        var errno = Marshal.GetLastPInvokeError();
        return errno == NoSuchFile ? Kind.Missing : throw new IOException($"cannot look at {path}: {Marshal.GetPInvokeErrorMessage(errno)}");
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, byte* buffer);
}
