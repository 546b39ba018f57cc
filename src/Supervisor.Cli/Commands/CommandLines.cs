using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Cli.Commands;

/// <summary>Shows QEMU's command line.</summary>
internal static class CommandLines
{
    private const string Plain = "%+,-./:=@_";

    public static async Task ShowAsync(Session session, VmDefinition definition, CancellationToken cancellationToken)
    {
        var arguments = await session.Client.CommandLineAsync(definition, cancellationToken).ConfigureAwait(false);
        if (session.IsJson)
            session.WriteJson(arguments.ToArray());
        else
            Write(session.Terminal.Out, arguments);
    }

    /// <summary>An option with its value on each line, quoted for a shell where that is needed.</summary>
    private static void Write(TextWriter output, IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var hasValue = arguments[i].StartsWith('-') && i + 1 < arguments.Count && !arguments[i + 1].StartsWith('-');
            output.WriteLine(hasValue ? $"{Quote(arguments[i])} {Quote(arguments[++i])}" : Quote(arguments[i]));
        }
    }

    private static string Quote(string word) => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || Plain.Contains(c))
        ? word
        : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
