using System.CommandLine;
using System.Runtime.CompilerServices;
using VmSupervisor.Cli.Monitors;

namespace VmSupervisor.Cli.Commands;

internal static class MonitorCommand
{
    public static Command Create(Runner runner)
    {
        var vm = Arguments.Vm();
        var line = new Argument<string[]>("COMMAND")
        {
            Description = "A command for QEMU; without one those of standard input, or a prompt on a terminal",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var qmp = new Option<bool>("--qmp") { Description = "Commands are QMP's: a JSON object, or a name and its arguments as JSON" };
        var command = new VmsupCommand(
            "monitor", "Talk to a VM's QEMU itself, beside the supervisor. What changes the VM is seen as if the guest had done it.",
            "vmsup monitor web-1 'info block'\n  vmsup monitor web-1 --qmp query-block -o json | jq '.return[].device'")
        {
            vm, line, qmp,
        };
        runner.SetAction(command, (session, cancellationToken) =>
        {
            var parsed = session.Arguments;
            var run = new MonitorRun(session, parsed.GetRequiredValue(vm), parsed.GetValue(qmp));
            var terminal = session.Terminal;
            if (parsed.GetValue(line) is { Length: > 0 } words)
                return run.RunAsync(One(string.Join(' ', words)), cancellationToken);
            return terminal.InIsTerminal && terminal.OutIsTerminal
                ? run.TalkAsync(cancellationToken)
                : run.RunAsync(Piped(terminal, cancellationToken), cancellationToken);
        });
        return command;
    }

    private static async IAsyncEnumerable<string> One(string command)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return command;
    }

    private static async IAsyncEnumerable<string> Piped(Terminal terminal, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var input = terminal.In();
        while (await input.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
                yield return line;
        }
    }
}
