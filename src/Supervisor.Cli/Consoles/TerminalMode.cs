using System.Runtime.InteropServices;

namespace VmSupervisor.Cli.Consoles;

/// <summary>
/// A terminal that works otherwise for a while: raw, or with one more key that ends a line. As it was again when this is disposed, and when a signal or anything
/// else ends the program before (SIGKILL alone leaves it raw: <c>reset</c> helps).
/// </summary>
internal sealed partial class TerminalMode : IDisposable
{
    private const int Input = 0, AfterOutput = 1;

    // struct termios has 60 bytes on Linux: four flags, a byte for the discipline, then the control characters.
    private const int Size = 256, ControlCharacters = 17, EndOfLine = 11;

    private readonly byte[] before = new byte[Size];
    private readonly List<PosixSignalRegistration> signals = [];
    private readonly EventHandler atExit;
    private int restored;

    private delegate void Change(Span<byte> settings);

    private unsafe TerminalMode(Change change, Action end)
    {
        fixed (byte* settings = before)
        {
            if (GetSettings(Input, settings) != 0)
                throw new IOException($"the terminal's settings cannot be read: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        atExit = (_, _) => Restore();
        AppDomain.CurrentDomain.ProcessExit += atExit;

        // SIGINT and SIGTERM are the command line's: they cancel, and so dispose this. A hangup would end the program.
        foreach (var signal in new[] { PosixSignal.SIGHUP, PosixSignal.SIGQUIT })
        {
            signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                Restore();
                end();
            }));
        }

        var changed = (byte[])before.Clone();
        change(changed);
        fixed (byte* settings = changed)
        {
            if (SetSettings(Input, AfterOutput, settings) != 0)
                throw new IOException($"the terminal cannot be changed: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Every key is passed on as it is.</summary>
    /// <param name="end">Is called when a signal wants the program to end.</param>
    /// <exception cref="IOException">Standard input is no terminal.</exception>
    public static TerminalMode Raw(Action end) => new(MakeRaw, end);

    /// <summary>The terminal edits lines, and another key ends one, too.</summary>
    /// <param name="key">The key.</param>
    /// <param name="end">Is called when a signal wants the program to end.</param>
    /// <exception cref="IOException">Standard input is no terminal.</exception>
    public static TerminalMode LinesEndedBy(byte key, Action end) => new(settings => settings[ControlCharacters + EndOfLine] = key, end);

    public void Dispose()
    {
        Restore();
        foreach (var signal in signals)
            signal.Dispose();
        AppDomain.CurrentDomain.ProcessExit -= atExit;
    }

    private static unsafe void MakeRaw(Span<byte> settings)
    {
        fixed (byte* pointer = settings)
            MakeRaw(pointer);
    }

    private unsafe void Restore()
    {
        if (Interlocked.Exchange(ref restored, 1) != 0)
            return;
        fixed (byte* settings = before)
            _ = SetSettings(Input, AfterOutput, settings);
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static unsafe partial int GetSettings(int descriptor, byte* settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static unsafe partial int SetSettings(int descriptor, int when, byte* settings);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static unsafe partial void MakeRaw(byte* settings);
}
