using System.Text;
using VmSupervisor.Cli.Consoles;

namespace VmSupervisor.Cli.Monitors;

/// <summary>
/// Lines as a person types them, edited as far as the terminal itself can: the kernel keeps the line until it is whole.
/// Ctrl-] ends a line, too, so that it is seen at once.
/// </summary>
internal sealed class TypedLines : IDisposable
{
    private readonly TerminalMode mode = TerminalMode.LinesEndedBy(EscapeKey.ControlBracket, static () => { });
    private readonly Stream input;

    public TypedLines(Terminal terminal) => input = terminal.InBytes();

    /// <summary>The next line without its end; null when the person leaves.</summary>
    public async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        var buffer = new byte[4096];
        while (true)
        {
            // A read of a terminal cannot be cancelled: when all is over, the program's end ends it.
            var count = await input.ReadAsync(buffer, CancellationToken.None).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
            if (count == 0)
                return null;
            if (buffer.AsSpan(0, count).Contains(EscapeKey.ControlBracket))
                return null;
            line.AddRange(buffer.AsSpan(0, count));
            if (line[^1] == (byte)'\n')
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r', '\n');
        }
    }

    public void Dispose()
    {
        mode.Dispose();
        input.Dispose();
    }
}
