using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VmSupervisor.Linux;

/// <summary>
/// An open file descriptor that is closed and nothing else: .NET's own file handles may also take or drop an
/// <c>flock</c>, which would end a lock that a child has inherited.
/// </summary>
internal class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    protected FileDescriptor(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    /// <summary>The number; valid while this is not disposed.</summary>
    public int Number => (int)handle;

    /// <summary>Opens a file with <c>O_CLOEXEC</c>.</summary>
    /// <exception cref="IOException">It could not be opened: path and reason; <c>HResult</c> is the error number.</exception>
    public static FileDescriptor Open(string path, int flags, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        while (true)
        {
            var fd = LibC.Open(path, flags | LibC.OpenCloseOnExec, (uint)mode);
            if (fd >= 0)
                return new FileDescriptor(fd);
            if (Marshal.GetLastPInvokeError() != LibC.Interrupted)
                throw LibC.Failure($"cannot open {path}");
        }
    }

    /// <summary>A second descriptor of the same open file description, at or above a number, closed on exec.</summary>
    public static FileDescriptor Duplicate(SafeHandle of, int atLeast)
    {
        var added = false;
        try
        {
            of.DangerousAddRef(ref added);
            var fd = LibC.Control((int)of.DangerousGetHandle(), LibC.DuplicateCloseOnExec, atLeast);
            return fd >= 0 ? new FileDescriptor(fd) : throw LibC.Failure("cannot duplicate a file descriptor");
        }
        finally
        {
            if (added)
                of.DangerousRelease();
        }
    }

    protected override bool ReleaseHandle() => LibC.Close((int)handle) == 0;
}
