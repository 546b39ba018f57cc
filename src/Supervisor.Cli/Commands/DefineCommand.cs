using System.CommandLine;
using VmSupervisor.Cli.Definitions;
using VmSupervisor.Contracts.Commands;

namespace VmSupervisor.Cli.Commands;

internal static class DefineCommand
{
    public static Command Create(Runner runner)
    {
        var file = new Argument<string>("FILE") { Description = "The definition in HOCON or JSON; - for standard input" };
        var noWait = Arguments.NoWait();
        var operation = Arguments.Operation();
        var command = new VmsupCommand(
            "define", "Make a VM known, or change its definition; a running VM takes the change at its next start.",
            "vmsup define web-1.conf")
        {
            file, noWait, operation,
        };
        runner.SetAction(command, (session, cancellationToken) =>
        {
            var parsed = session.Arguments;
            var definition = DefinitionFile.Read(parsed.GetRequiredValue(file), session.Terminal);
            return Operations.RunAsync(
                session, definition.Id.ToString(), new VmCommand.Define(definition),
                parsed.GetValue(operation), !parsed.GetValue(noWait), cancellationToken);
        });
        return command;
    }
}
