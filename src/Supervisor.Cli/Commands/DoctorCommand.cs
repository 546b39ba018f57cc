using System.CommandLine;
using VmSupervisor.Cli.Output;
using VmSupervisor.Client;
using VmSupervisor.Contracts.Text;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Commands;

internal static class DoctorCommand
{
    public static Command Create(Runner runner)
    {
        var fix = new Option<bool>("--fix") { Description = "Remove what is left and no VM owns, after showing it and asking" };
        var yes = new Option<bool>("--yes", "-y") { Description = "With --fix: do not ask" };
        var command = new VmsupCommand(
            "doctor", "Examine the node: can it run VMs, is its journal healthy, is anything left that no VM owns; and what to do. Changes nothing without --fix.",
            "vmsup doctor -o json | jq -r '.[] | select(.status != \"ok\") | .remedy'\n  vmsup doctor --fix")
        {
            fix, yes,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(yes) && !result.GetValue(fix))
                result.AddError("--yes: allowed only with --fix");
        });
        runner.SetAction(command, (session, cancellationToken) => session.Arguments.GetValue(fix)
            ? Leftovers.FixAsync(session, session.Arguments.GetValue(yes), cancellationToken)
            : RunAsync(session, cancellationToken));
        return command;
    }

    private static async Task RunAsync(Session session, CancellationToken cancellationToken)
    {
        try
        {
            var checks = await session.Client.DoctorAsync(cancellationToken).ConfigureAwait(false);
            Write(session, checks);
            if (checks.Where(c => c.Status == DoctorStatus.Failed).Select(c => c.Check).ToArray() is { Length: > 0 } failed)
                throw new VmsupException(new Problem(ProblemKind.Failed, $"{failed.Length} of {checks.Count} checks failed: {string.Join(", ", failed)}"));
        }
        catch (VmsupUnreachableException e)
        {
            Write(session, WithoutDaemon.Checks(e.Message, session.Terminal.Environment));
            throw;
        }
    }

    private static void Write(Session session, IReadOnlyList<DoctorCheck> checks)
    {
        if (session.IsJson)
        {
            session.WriteJson(checks);
            return;
        }

        var table = new Table("CHECK", "STATUS", "FOUND");
        foreach (var check in checks)
            table.Add(check.Check, new Cell(EnumNames<DoctorStatus>.Of(check.Status), ToneOf(check.Status)), check.Found);
        table.Write(session.Terminal);

        // Below and not in a column: they are whole sentences.
        var remedies = new Block();
        foreach (var check in checks.Where(c => c.Status != DoctorStatus.Ok && c.Remedy is not null))
            remedies.Add(check.Check, new Cell(check.Remedy!, ToneOf(check.Status)));
        if (remedies.IsEmpty)
            return;
        session.Terminal.Out.WriteLine();
        session.Terminal.Out.WriteLine("What to do:");
        remedies.Write(session.Terminal);
    }

    private static Tone ToneOf(DoctorStatus status) => status switch
    {
        DoctorStatus.Ok => Tone.Good,
        DoctorStatus.Warning => Tone.Busy,
        _ => Tone.Bad,
    };
}
