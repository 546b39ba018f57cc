using System.Runtime.InteropServices;

namespace VmSupervisor.Cli;

/// <summary>The terminal's width from the kernel; .NET's console changes the terminal when it is asked.</summary>
internal static class TerminalWidth
{
    // TIOCGWINSZ of Linux, the same on x86-64 and arm64.
    private const nuint GetWindowSize = 0x5413;

    /// <summary>The columns of the terminal at a descriptor; null when there is none, or it cannot tell.</summary>
    public static int? Of(int descriptor) =>
        Ioctl(descriptor, GetWindowSize, out var size) == 0 && size.Columns > 0 ? size.Columns : null;

    [DllImport("libc", EntryPoint = "ioctl")]
    private static extern int Ioctl(int descriptor, nuint request, out WindowSize size);

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }
}
