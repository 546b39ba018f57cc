namespace VmSupervisor.Cli;

/// <summary>The world around one run of the program.</summary>
internal sealed record Terminal
{
    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    public required TextReader In { get; init; }

    /// <summary>Whether a person sees the output; otherwise it is plain text for a pipe.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Whether a person sees the diagnostics, so that progress is worth showing.</summary>
    public bool ErrorIsTerminal { get; init; }

    public required Func<string, string?> Environment { get; init; }

    public bool IsRoot { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Colours and other escapes: not into pipes, and not where NO_COLOR (https://no-color.org) or TERM forbid.</summary>
    public bool OutTakesColor => OutIsTerminal && TakesColor;

    public bool ErrorTakesColor => ErrorIsTerminal && TakesColor;

    private bool TakesColor => string.IsNullOrEmpty(Environment("NO_COLOR")) && Environment("TERM") is not (null or "" or "dumb");

    public static Terminal OfProcess() => new()
    {
        Out = Console.Out,
        Error = Console.Error,
        In = Console.In,
        OutIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        Environment = System.Environment.GetEnvironmentVariable,
        IsRoot = System.Environment.IsPrivilegedProcess,
    };
}
