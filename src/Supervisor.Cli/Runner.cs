using System.CommandLine;
using VmSupervisor.Cli.Definitions;
using VmSupervisor.Client;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli;

/// <summary>Runs a command's action and turns everything that can go wrong into a line and an exit code.</summary>
internal sealed class Runner(Terminal terminal, GlobalOptions global)
{
    public void SetAction(Command command, Func<Session, CancellationToken, Task> action) =>
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, action, cancellationToken));

    private async Task<int> RunAsync(ParseResult parsed, Func<Session, CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        var client = new VmsupClient(global.SocketPath(parsed, terminal), new VmsupClientOptions { Time = terminal.Time });
        using var session = new Session(parsed, client, terminal, global.IsJson(parsed));
        try
        {
            await action(session, cancellationToken).ConfigureAwait(false);
            await terminal.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
            return ExitCodes.Done;
        }
        catch (DefinitionFileException e)
        {
            foreach (var line in e.Lines)
                terminal.Error.WriteLine(line);
            return ExitCodes.Usage;
        }
        catch (VmsupException e)
        {
            Explain(session, e);
            return ExitCodes.Of(e.Kind);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (IOException e)
        {
            return ExitCodes.OfOutput(e, terminal.Error);
        }
#pragma warning disable CA1031 // The last line before a person: never a stack trace at a prompt.
        catch (Exception e) when (string.IsNullOrEmpty(terminal.Environment("VMSUP_TRACE")))
        {
            terminal.Error.WriteLine($"vmsup: a fault of this program: {e.GetType().Name}: {e.Message} (VMSUP_TRACE=1 shows where)");
            return ExitCodes.Failed;
        }
#pragma warning restore CA1031
    }

    private static void Explain(Session session, VmsupException e)
    {
        // The operation is the command's document, also when it ended badly; why is for the person, too.
        if (session.IsJson && e.Operation is { } operation)
            session.WriteJson<OperationView>(operation);
        session.Terminal.Error.WriteLine($"vmsup: {e.Message}");
        foreach (var fault in e.Faults)
            session.Terminal.Error.WriteLine($"  {fault}");
    }
}
