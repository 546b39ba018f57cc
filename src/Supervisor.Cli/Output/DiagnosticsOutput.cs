using System.Text;
using Spectre.Console;

namespace VmSupervisor.Cli.Output;

/// <summary>
/// Standard error for what draws. The library's own asks .NET's console for the width, which puts the keypad into
/// another mode (<c>ESC[?1h ESC=</c>) and leaves it there.
/// </summary>
internal sealed class DiagnosticsOutput(Terminal terminal) : IAnsiConsoleOutput
{
    // What terminals had that could not tell.
    private const int UsualWidth = 80, UsualHeight = 24;

    public TextWriter Writer => terminal.Error;

    public bool IsTerminal => terminal.ErrorIsTerminal;

    public int Width => terminal.Width ?? UsualWidth;

    public int Height => UsualHeight;

    public void SetEncoding(Encoding encoding)
    {
        // It is UTF-8.
    }
}
