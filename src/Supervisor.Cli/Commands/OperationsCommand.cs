using System.CommandLine;
using VmSupervisor.Cli.Output;
using VmSupervisor.Contracts.Text;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Commands;

internal static class OperationsCommand
{
    public static Command Create(Runner runner)
    {
        var command = new VmsupCommand("operations", "List the operations that are under way, oldest first.", "vmsup operations");
        runner.SetAction(command, RunAsync);
        return command;
    }

    private static async Task RunAsync(Session session, CancellationToken cancellationToken)
    {
        var operations = await session.Client.OperationsAsync(cancellationToken).ConfigureAwait(false);
        if (session.IsJson)
        {
            session.WriteJson(operations);
            return;
        }

        if (operations.Count == 0)
        {
            session.Terminal.Error.WriteLine("no operation is under way");
            return;
        }

        var table = new Table("OPERATION", "VM", "KIND", "STATUS", "DONE", "AGE", "BY") { Right = new HashSet<string> { "VM", "DONE", "AGE" } };
        foreach (var operation in operations)
        {
            table.Add(
                operation.Id.Value, operation.Vm.ToString(), operation.Kind, EnumNames<OperationStatus>.Of(operation.Status), Words.Percent(operation.Progress),
                Words.Age(operation.RequestedAt, session.Terminal.Time), operation.By);
        }

        table.Write(session.Terminal);
    }
}
