using System.Text;
using Microsoft.Win32.SafeHandles;

namespace VmSupervisor.Cli;

/// <summary>The world around one run of the program.</summary>
internal sealed record Terminal
{
    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>Opens standard input.</summary>
    public required Func<TextReader> In { get; init; }

    /// <summary>Standard input as bytes, not line by line as <see cref="Console"/> has it.</summary>
    public Func<Stream> InBytes { get; init; } = () => new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);

    /// <summary>Standard output as bytes.</summary>
    public Func<Stream> OutBytes { get; init; } = () => OpenBytes(1);

    /// <summary>Whether a person types the input.</summary>
    public bool InIsTerminal { get; init; }

    /// <summary>Whether a person sees the output; otherwise it is plain text for a pipe.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Whether a person sees the diagnostics, so that progress is worth showing.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>How many columns a line may have; null where nobody counts them.</summary>
    public int? Width { get; init; }

    public required Func<string, string?> Environment { get; init; }

    public bool IsRoot { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Colours and other escapes: not into pipes, and not where NO_COLOR (https://no-color.org) or TERM forbid.</summary>
    public bool OutTakesColor => OutIsTerminal && TakesColor;

    public bool ErrorTakesColor => ErrorIsTerminal && TakesColor;

    private bool TakesColor => string.IsNullOrEmpty(Environment("NO_COLOR")) && Environment("TERM") is not (null or "" or "dumb");

    public static Terminal OfProcess()
    {
        var terminal = new Terminal
        {
            Out = Open(1, autoFlush: false),
            Error = Open(2, autoFlush: true),
            In = () => new StreamReader(Console.OpenStandardInput(), new UTF8Encoding()),
            InIsTerminal = !Console.IsInputRedirected,
            OutIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            Width = TerminalWidth.Of(1) ?? TerminalWidth.Of(2),
            Environment = System.Environment.GetEnvironmentVariable,
            IsRoot = System.Environment.IsPrivilegedProcess,
        };

        // Libraries compare with Console.Out, and whoever looks at that on a terminal sends escapes to it.
        Console.SetOut(TextWriter.Null);
        Console.SetError(TextWriter.Null);
        return terminal;
    }

    private static StreamWriter Open(int descriptor, bool autoFlush) =>
        new(OpenBytes(descriptor), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = autoFlush };

    // Not Console.Out, which sends escapes of its own to a terminal. And to a pipe not the console's stream either, which
    // hides that the reader has gone away, so that `vmsup events --follow | head` would never end. A file needs the
    // console's: a FileStream keeps an offset of its own and would overwrite what others append meanwhile.
    private static Stream OpenBytes(int descriptor)
    {
        try
        {
            var stream = new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return !stream.CanSeek ? stream : descriptor == 1 ? Console.OpenStandardOutput() : Console.OpenStandardError();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Closed by whoever started us (>&-): there is nobody to tell.
            return Stream.Null;
        }
    }
}
