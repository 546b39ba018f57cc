using System.Runtime.InteropServices;

namespace VmSupervisor.Linux;

/// <summary>Calls about network and loop devices.</summary>
internal static unsafe partial class LibC
{
    public const int NotPermitted = 1, NoDeviceOrAddress = 6, Busy = 16, NoDevice = 19, NotSupported = 95;

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int IoControl(int fd, nuint request, nint argument);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);
}
