using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using VmSupervisor.Client;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Journals;

/// <summary>
/// The program vmsupd, for what is done to a journal while no daemon runs: it knows the journal, and this program does
/// not. Found by VMSUPD, beside this one, or in PATH.
/// </summary>
internal sealed class DaemonBinary(Terminal terminal)
{
    private const string Name = "vmsupd";

    /// <summary>Has it work on a journal; fails with its words and its exit code.</summary>
    public async Task<JournalView> JournalAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Find()) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments.Prepend("journal"))
            start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);

            // Not killed when this program is interrupted: a restore comes to its end.
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return Parse(await output.ConfigureAwait(false)) ?? throw Failure(process.ExitCode, await errors.ConfigureAwait(false));
        }
        catch (Win32Exception e)
        {
            throw new VmsupException(new Problem(ProblemKind.Failed, $"{start.FileName} cannot be run: {e.Message}"), innerException: e);
        }
    }

    private static JournalView? Parse(string output)
    {
        try
        {
            return output.Length == 0 ? null : JsonSerializer.Deserialize<JournalView>(output, ContractsJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static VmsupException Failure(int exitCode, string errors)
    {
        var line = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? $"{Name} ended with {exitCode} and said nothing";
        return new(new Problem(ExitCodes.KindOf(exitCode), line.StartsWith(Name + ": ", StringComparison.Ordinal) ? line[(Name.Length + 2)..] : line));
    }

    private string Find()
    {
        if (terminal.Environment("VMSUPD") is { Length: > 0 } told)
            return told;
        var here = AppContext.BaseDirectory;

        // Installed side by side, or as the build leaves them: out/lib/vmsup/ beside out/vmsupd.
        string[] beside = [Path.Combine(here, Name), Path.GetFullPath(Path.Combine(here, "../..", Name))];
        var inPath = (terminal.Environment("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(d => Path.Combine(d, Name));
        return beside.Concat(inPath).FirstOrDefault(File.Exists)
            ?? throw new VmsupException(new Problem(
                ProblemKind.Failed, $"the program {Name} is needed for this and was not found beside vmsup or in PATH: install it, or tell where by VMSUPD"));
    }
}
