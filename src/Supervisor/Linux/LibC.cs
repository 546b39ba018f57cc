using System.Runtime.InteropServices;

namespace VmSupervisor.Linux;

/// <summary>
/// The calls into the C library. Numbers are those of Linux on x86-64 and arm64, where all of these agree. glibc 2.34
/// is the oldest that has <c>posix_spawn_file_actions_addclosefrom_np</c>.
/// </summary>
internal static unsafe partial class LibC
{
    public const int OpenReadOnly = 0, OpenWriteOnly = 1, OpenReadWrite = 2;
    public const int OpenCreate = 0x40, OpenExclusive = 0x80, OpenAppend = 0x400, OpenNonBlocking = 0x800, OpenCloseOnExec = 0x80000;
    public const int Interrupted = 4, TryAgain = 11, NoSuchProcess = 3, NoChild = 10, Exists = 17, NoEntry = 2;
    public const int LockExclusive = 2, LockNonBlocking = 4;
    public const int DuplicateCloseOnExec = 1030;
    public const int PidFdOpen = 434, PidFdSendSignal = 424;
    public const int WaitByPidFd = 3, WaitExited = 4, WaitNoHang = 1, WaitLeave = 0x1000000;
    public const short PollIn = 1;

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(int fd);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Link(string existing, string path);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(int fd, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(int fd, int operation);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int kind, uint id, SignalInfo* info, int options);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollRequest* requests, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int fd, byte* request);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, byte* ready, int count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    public static partial int InotifyCreate(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int InotifyAdd(int fd, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "inotify_rm_watch", SetLastError = true)]
    public static partial int InotifyRemove(int fd, int watch);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe(int* ends, int flags);

    /// <summary>The C library's text for an error number, as a person knows it: <c>No such file or directory</c>.</summary>
    public static string Describe(int errno) => Marshal.GetPInvokeErrorMessage(errno);

    /// <summary>What the last call failed with, as an exception that says what was asked.</summary>
    public static IOException Failure(string what)
    {
        var errno = Marshal.GetLastPInvokeError();
        return new IOException($"{what}: {Describe(errno)}", errno);
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollRequest
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    /// <summary>The part of <c>siginfo_t</c> that <c>waitid</c> fills; the whole is 128 bytes.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    public struct SignalInfo
    {
        [FieldOffset(8)]
        public int Code;

        [FieldOffset(16)]
        public int Pid;

        [FieldOffset(24)]
        public int Status;
    }
}
