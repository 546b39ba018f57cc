using System.CommandLine;
using System.Text.Json;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Journal.Sqlite;
using VmSupervisor.Vms.Journal;

namespace VmSupervisor.Daemon.Journals;

/// <summary>
/// <c>vmsupd journal verify|restore</c>: what is done to a journal while no daemon runs. <c>vmsup journal</c> calls it,
/// since only this program knows the journal; it prints the view as JSON.
/// </summary>
internal static class JournalProgram
{
    public const string Name = "journal";

    /// <summary>Returns the exit code.</summary>
    public static int Run(IReadOnlyList<string> args, TextWriter output, TextWriter errors)
    {
        var file = new Argument<string?>("FILE") { Description = "A journal or a backup; the state directory's journal unless told", Arity = ArgumentArity.ZeroOrOne };
        var backup = new Argument<string>("BACKUP") { Description = "What vmsup journal backup has made" };
        var stateDir = new Option<string?>("--state-dir") { Description = "Where the journal is kept.", HelpName = "DIR" };
        var verify = new Command("verify", "Examine a journal or a backup.") { file, stateDir };
        var restore = new Command("restore", "Put a backup in the journal's place.") { backup, stateDir };
        verify.SetAction(parsed => Try(() => Verify(parsed.GetValue(file), DirectoryOf(parsed.GetValue(stateDir)), output), errors));
        restore.SetAction(parsed => Try(() => Restore(parsed.GetRequiredValue(backup), DirectoryOf(parsed.GetValue(stateDir)), output), errors));
        var root = new RootCommand("The journal while no daemon runs.") { verify, restore };
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors is [var error, ..])
        {
            errors.WriteLine($"vmsupd: {error.Message}");
            return ExitCodes.BadConfiguration;
        }

        return parsed.Invoke(new InvocationConfiguration { Output = output, Error = errors, EnableDefaultExceptionHandler = false });
    }

    private static int Verify(string? file, string stateDirectory, TextWriter output)
    {
        if (file is not null)
            return Show(NodeJournal.ViewOf(JournalFiles.Verify(Existing(file), VmEventSerializer.Instance)), output);
        var journal = Existing(JournalIn(stateDirectory));
        using var claim = Claim(stateDirectory);
        return Show(NodeJournal.ViewOf(JournalFiles.Verify(journal, VmEventSerializer.Instance)), output);
    }

    private static int Restore(string backup, string stateDirectory, TextWriter output)
    {
        Existing(backup);
        using var claim = Claim(stateDirectory);
        var report = JournalFiles.Verify(backup, VmEventSerializer.Instance);
        if (report.Faults.Count > 0)
            throw new IOException($"{report.File} is not restored, since it is damaged: {report.Faults[0]}{(report.Faults.Count > 1 ? $"; and {report.Faults.Count - 1} more (vmsup journal verify)" : "")}");
        if (report.Backup is null)
            throw new IOException($"{report.File} is not restored: it is no backup, but a journal itself, and a copy of one in use may lack what its log holds");
        var journal = JournalIn(stateDirectory);
        var (identity, aside) = JournalFiles.Restore(backup, journal, TimeProvider.System.GetUtcNow());
        var restored = report with { File = journal, Identity = identity, Bytes = new FileInfo(journal).Length };
        return Show(NodeJournal.ViewOf(restored, aside), output);
    }

    private static int Show(JournalView view, TextWriter output)
    {
        output.WriteLine(JsonSerializer.Serialize(view, ContractsJson.Options));
        return view.Faults.Count == 0 ? ExitCodes.Stopped : ExitCodes.Failed;
    }

    private static int Try(Func<int> action, TextWriter errors)
    {
        try
        {
            return action();
        }
        catch (HeldException e)
        {
            errors.WriteLine($"vmsupd: {e.Message}");
            return ExitCodes.Conflict;
        }
        catch (FileNotFoundException e)
        {
            errors.WriteLine($"vmsupd: {e.Message}");
            return ExitCodes.NotFound;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JournalFileException)
        {
            errors.WriteLine($"vmsupd: {e.Message}");
            return ExitCodes.Failed;
        }
    }

    private static StateDirectoryLock Claim(string stateDirectory)
    {
        if (!Directory.Exists(stateDirectory))
            throw new FileNotFoundException($"there is no state directory {stateDirectory} (--state-dir)");
        return StateDirectoryLock.TryAcquire(stateDirectory, "journal upkeep", out var holder)
            ?? throw new HeldException(
                $"the state directory {stateDirectory} is held by process {holder?.Pid} ({holder?.Node}): stop that daemon first (its guests run on), or ask it (vmsup journal verify, without --state-dir)");
    }

    private static string DirectoryOf(string? given) => Path.GetFullPath(
        given ?? NodeDirectories.Default(Environment.IsPrivilegedProcess, Environment.GetEnvironmentVariable).State);

    private static string JournalIn(string stateDirectory) => Path.Combine(stateDirectory, Configuration.JournalSection.FileName);

    private static string Existing(string path) => File.Exists(path) ? path : throw new FileNotFoundException($"there is no file {path}");

    private sealed class HeldException(string message) : Exception(message);
}
