using System.Runtime.InteropServices;

namespace VmSupervisor.Linux;

/// <summary>Named pipes.</summary>
internal static partial class Fifo
{
    private const uint OwnerOnly = 0x180;

    /// <summary>Makes one that only its owner may use (mode 0600).</summary>
    /// <exception cref="IOException">It could not be made, as when the name is taken.</exception>
    public static void Create(string path)
    {
        if (Make(path, OwnerOnly) != 0)
            throw LibC.Failure($"cannot make {path}");
    }

    /// <summary>Opens one to write to it without ever waiting for its reader.</summary>
    /// <exception cref="IOException">It does not exist, or nobody has it open to read.</exception>
    public static FileDescriptor OpenToWrite(string path) => FileDescriptor.Open(path, LibC.OpenWriteOnly | LibC.OpenNonBlocking);

    /// <summary>Writes what there is room for; returns how many bytes that were.</summary>
    /// <exception cref="IOException">Its reader is gone.</exception>
    public static unsafe int Write(FileDescriptor fifo, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            var written = (int)LibC.Write(fifo.Number, first, (nuint)bytes.Length);
            if (written >= 0)
                return written;
        }

        return Marshal.GetLastPInvokeError() is LibC.TryAgain or LibC.Interrupted ? 0 : throw LibC.Failure("cannot write to a FIFO");
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Make(string path, uint mode);
}
