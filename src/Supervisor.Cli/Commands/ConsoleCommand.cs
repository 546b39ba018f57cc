using System.CommandLine;
using VmSupervisor.Cli.Consoles;
using VmSupervisor.Client;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Commands;

internal static class ConsoleCommand
{
    public static Command Create(Runner runner)
    {
        var vm = Arguments.Vm();
        var readOnly = new Option<bool>("--read-only", "-r") { Description = "Only look; what is typed goes nowhere" };
        var force = new Option<bool>("--force") { Description = "Take writing over from whoever writes; they go on reading" };
        var history = Arguments.Size("--history", "How much of what was printed before; 16 KiB unless told");
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with the VM's next incarnation; wait for one when it does not run" };
        var escape = new Option<string>("--escape")
        {
            Description = "The key that, followed by q or a dot, leaves: ^] is Ctrl-]; none for no such key",
            HelpName = "KEY",
            DefaultValueFactory = _ => "^]",
        };
        escape.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && !EscapeKey.TryParse(token.Value, out _))
                result.AddError($"--escape: found '{token.Value}', allowed: {EscapeKey.Allowed}");
        });
        var until = new Option<string?>("--until")
        {
            Description = "End when the guest prints this; what it printed before counts only with --history",
            HelpName = "TEXT",
        };
        var timeout = Arguments.Time("--timeout", "How long to read; with --until it has failed then (exit code 6)");
        var command = new VmsupCommand(
            "console", "Connect to a VM's serial console: many read, one writes. Without a terminal it is a pipe.",
            "vmsup console web-1\n  echo uptime | vmsup console web-1 --until 'load average' --timeout 10s")
        {
            vm, readOnly, force, history, follow, escape, until, timeout,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(readOnly) && result.GetValue(force))
                result.AddError("--read-only and --force: allowed is one of them");
        });
        runner.SetAction(command, (session, cancellationToken) =>
        {
            var parsed = session.Arguments;
            var request = new ConsoleRequest
            {
                Mode = parsed.GetValue(readOnly) ? ConsoleMode.Read : parsed.GetValue(force) ? ConsoleMode.Force : ConsoleMode.Write,
                History = parsed.GetValue(history) ?? new ConsoleRequest().History,
                Follow = parsed.GetValue(follow),
            };
            EscapeKey.TryParse(parsed.GetValue(escape), out var key);
            var settings = new ConsoleSettings(
                parsed.GetRequiredValue(vm), request, key, parsed.GetValue(until), parsed.GetValue(history) is not null);
            return RunAsync(session, settings, parsed.GetValue(timeout), cancellationToken);
        });
        return command;
    }

    private static async Task RunAsync(Session session, ConsoleSettings settings, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var terminal = session.Terminal;
        using var limit = timeout is { } time ? new CancellationTokenSource(time, terminal.Time) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var run = new ConsoleRun(session.Client, terminal, settings, terminal.InIsTerminal && terminal.OutIsTerminal);
        try
        {
            var end = await run.RunAsync(either.Token).ConfigureAwait(false);
            if (end == ConsoleEnd.Over && settings.Until is { } text)
                throw new VmsupException(new Problem(ProblemKind.Failed, $"the guest ended before it printed '{text}'"));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            if (settings.Until is { } text)
                throw new VmsupException(new Problem(ProblemKind.TimedOut, $"the guest did not print '{text}' within {timeout!.Value.TotalSeconds:0.###} s"));
        }
    }
}
