using System.Runtime.InteropServices;

namespace VmSupervisor.EndToEnd.Tests.Support;

internal static partial class Kernel
{
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Interrupt = 2;
    public const int Stop = 19;
    public const int Continue = 18;

    /// <summary>kill(2): returns when the signal is pending, long before the process is gone.</summary>
    public static void Signal(int pid, int signal) =>
        Assert.True(SendSignal(pid, signal) == 0, $"kill({pid}, {signal}): {Marshal.GetLastPInvokeErrorMessage()}");

    public static void MakeFifo(string path) =>
        Assert.True(MakeFifo(path, 0x180) == 0, $"mkfifo({path}): {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);
}
