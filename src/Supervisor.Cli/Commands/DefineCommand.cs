using System.CommandLine;
using VmSupervisor.Cli.Definitions;
using VmSupervisor.Contracts.Commands;

namespace VmSupervisor.Cli.Commands;

internal static class DefineCommand
{
    public static Command Create(Runner runner)
    {
        var file = new Argument<string>("FILE") { Description = "The definition in HOCON or JSON; - for standard input" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print QEMU's command line, as a start would make it; nothing is stored" };
        var noWait = Arguments.NoWait();
        var operation = Arguments.Operation();
        var command = new VmsupCommand(
            "define", "Make a VM known, or change its definition; a running VM takes the change at its next start (vmsup diff ID).",
            "vmsup define --dry-run web-1.conf && vmsup define web-1.conf")
        {
            file, dryRun, noWait, operation,
        };
        runner.SetAction(command, (session, cancellationToken) =>
        {
            var parsed = session.Arguments;
            var definition = DefinitionFile.Read(parsed.GetRequiredValue(file), session.Terminal);
            return parsed.GetValue(dryRun) ? CommandLines.ShowAsync(session, definition, cancellationToken) : Operations.RunAsync(
                session, definition.Id.ToString(), new VmCommand.Define(definition),
                parsed.GetValue(operation), !parsed.GetValue(noWait), cancellationToken);
        });
        return command;
    }
}
