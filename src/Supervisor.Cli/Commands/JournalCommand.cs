using System.CommandLine;
using VmSupervisor.Cli.Journals;
using VmSupervisor.Cli.Output;
using VmSupervisor.Client;
using VmSupervisor.Contracts.Text;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Commands;

internal static class JournalCommand
{
    public static Command Create(Runner runner)
    {
        var command = new VmsupCommand(
            "journal", "Examine, back up or restore the journal, in which all that is known about the VMs stands.",
            "vmsup journal backup /backup/vmsup-monday.db && vmsup journal verify /backup/vmsup-monday.db");
        command.Add(CreateVerify(runner));
        command.Add(CreateBackup(runner));
        command.Add(CreateRestore(runner));
        return command;
    }

    private static VmsupCommand CreateVerify(Runner runner)
    {
        var file = new Argument<string?>("FILE") { Description = "A backup, or a journal that no daemon uses", Arity = ArgumentArity.ZeroOrOne };
        var stateDir = StateDirectory();
        var command = new VmsupCommand(
            "verify", "Read all of the journal or of a backup and say what is wrong. Without FILE the running daemon's, or that of the state directory when none runs.",
            "vmsup journal verify /backup/vmsup-monday.db")
        {
            file, stateDir,
        };
        runner.SetAction(command, async (session, cancellationToken) =>
        {
            var view = await VerifyAsync(session, session.Arguments.GetValue(file), session.Arguments.GetValue(stateDir), cancellationToken).ConfigureAwait(false);
            Write(session, view);
            if (view.Faults.Count > 0)
                throw new VmsupException(new Problem(ProblemKind.Failed, $"{view.File}: {view.Faults.Count} {(view.Faults.Count == 1 ? "fault" : "faults")}: {view.Faults[0]}"));
        });
        return command;
    }

    private static async Task<JournalView> VerifyAsync(Session session, string? file, string? stateDirectory, CancellationToken cancellationToken)
    {
        var binary = new DaemonBinary(session.Terminal);
        if (file is not null)
            return await binary.JournalAsync(["verify", Path.GetFullPath(file)], cancellationToken).ConfigureAwait(false);
        if (stateDirectory is not null)
            return await binary.JournalAsync(["verify", "--state-dir", Path.GetFullPath(stateDirectory)], cancellationToken).ConfigureAwait(false);
        try
        {
            return await session.Client.VerifyJournalAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (VmsupUnreachableException e)
        {
            session.Terminal.Error.WriteLine($"vmsup: {e.Message}; looking at the default state directory");
            return await binary.JournalAsync(["verify"], cancellationToken).ConfigureAwait(false);
        }
    }

    private static VmsupCommand CreateBackup(Runner runner)
    {
        var file = new Argument<string>("FILE") { Description = "Where the daemon writes it; nothing must be there" };
        var command = new VmsupCommand(
            "backup", "Copy the running daemon's journal, as it is at one moment, into a file with a checksum. VMs do not wait for it.",
            "vmsup journal backup /backup/vmsup-$(date +%F).db")
        {
            file,
        };
        runner.SetAction(command, async (session, cancellationToken) => Write(
            session, await session.Client.BackUpJournalAsync(Path.GetFullPath(session.Arguments.GetRequiredValue(file)), cancellationToken).ConfigureAwait(false)));
        return command;
    }

    private static VmsupCommand CreateRestore(Runner runner)
    {
        var file = new Argument<string>("BACKUP") { Description = "What vmsup journal backup has made" };
        var stateDir = StateDirectory();
        var command = new VmsupCommand(
            "restore", "Put a backup in the journal's place while no daemon runs. The replaced journal is kept beside it.",
            "vmsup journal restore /backup/vmsup-monday.db --state-dir /var/lib/vmsup")
        {
            file, stateDir,
        };
        runner.SetAction(command, async (session, cancellationToken) =>
        {
            var given = session.Arguments.GetValue(stateDir);
            string[] arguments = ["restore", Path.GetFullPath(session.Arguments.GetRequiredValue(file)), .. given is null ? (string[])[] : ["--state-dir", Path.GetFullPath(given)]];
            Write(session, await new DaemonBinary(session.Terminal).JournalAsync(arguments, cancellationToken).ConfigureAwait(false));
        });
        return command;
    }

    private static Option<string?> StateDirectory() => new("--state-dir") { Description = "The state directory of a daemon that does not run", HelpName = "DIR" };

    private static void Write(Session session, JournalView view)
    {
        if (session.IsJson)
        {
            session.WriteJson(view);
            return;
        }

        var block = new Block();
        block.Add("file", view.File);
        block.Add("kind", view.Kind);
        block.Add("size", ByteSize.Format(view.Bytes));
        block.Add("vms", Words.Number(view.Streams));
        block.Add("events", $"{Words.Number(view.Events)}, the last at position {Words.Number(view.Position)}");
        if (view.Journal is not null)
            block.Add("journal", $"{view.Journal}, epoch {view.Epoch}");
        if (view.TakenAt is { } taken)
            block.Add("taken", $"{Words.Time(taken, session.Terminal.Time)} on node {view.Node}");
        if (view.Sha256 is { } checksum)
            block.Add("sha256", checksum);
        if (view.Replaced is { } replaced)
            block.Add("replaced", $"the former journal is {replaced}");
        foreach (var fault in view.Faults)
            block.Add("fault", new Cell(fault, Tone.Bad));
        block.Write(session.Terminal);
    }
}
