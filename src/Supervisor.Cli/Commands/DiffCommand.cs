using System.CommandLine;
using System.Text.Json;
using VmSupervisor.Cli.Output;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Cli.Commands;

internal static class DiffCommand
{
    public static Command Create(Runner runner)
    {
        var vm = Arguments.Vm();
        var command = new VmsupCommand(
            "diff", "Show what the next start of a VM takes that the life which runs has not, key by key.", "vmsup diff web-1") { vm };
        runner.SetAction(command, async (session, cancellationToken) =>
        {
            var name = session.Arguments.GetRequiredValue(vm);
            var changes = await session.Client.DiffAsync(name, cancellationToken).ConfigureAwait(false);
            if (session.IsJson)
            {
                session.WriteJson(changes.ToArray());
                return;
            }

            if (changes.Count == 0)
            {
                session.Terminal.Error.WriteLine($"vm {name}: nothing differs, or nothing runs");
                return;
            }

            var table = new Table("KEY", "RUNNING", "NEXT");
            foreach (var change in changes)
                table.Add(change.Key, Shown(change.Running), Shown(change.Next));
            table.Write(session.Terminal);
        });
        return command;
    }

    /// <summary>A dash for what is not there; in quotes what would not be seen.</summary>
    private static string Shown(string? value) => value switch
    {
        null => "-",
        "" or "-" => $"\"{value}\"",
        _ when value.Any(char.IsControl) => JsonSerializer.Serialize(value, ContractsJson.Options),
        _ => value,
    };
}
