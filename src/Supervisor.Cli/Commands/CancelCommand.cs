using System.CommandLine;
using VmSupervisor.Client;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Commands;

internal static class CancelCommand
{
    public static Command Create(Runner runner)
    {
        var target = new Argument<string>("OPERATION") { Description = "The operation's id, see operations" };
        var operation = Arguments.Operation();
        var command = new VmsupCommand(
            "cancel", "Give up an operation that is under way: a start, a shutdown or reboot whose guest has not powered off yet, whatever waits for its turn.",
            "vmsup cancel 2f1c9a7be0d34c55")
        {
            target, operation,
        };
        runner.SetAction(command, (session, cancellationToken) =>
        {
            var parsed = session.Arguments;
            var text = parsed.GetRequiredValue(target);
            if (!OperationId.TryParse(text, out var id))
                throw new VmsupException(new Problem(ProblemKind.Invalid, $"OPERATION: found '{text}', allowed: 1 to {OperationId.MaxLength} letters, digits and . _ : -"));
            return Operations.RunAsync(session, "", new VmCommand.Cancel(id), parsed.GetValue(operation), wait: true, cancellationToken);
        });
        return command;
    }
}
