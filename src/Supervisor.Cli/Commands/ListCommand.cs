using System.CommandLine;
using VmSupervisor.Cli.Output;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Commands;

internal static class ListCommand
{
    public static Command Create(Runner runner)
    {
        var command = new VmsupCommand(
            "list", "List every VM of this node.", "vmsup list -o json | jq '.[] | select(.state == \"Running\") | .name'");
        runner.SetAction(command, RunAsync);
        return command;
    }

    private static async Task RunAsync(Session session, CancellationToken cancellationToken)
    {
        var vms = await session.Client.ListAsync(cancellationToken).ConfigureAwait(false);
        if (session.IsJson)
            session.WriteJson(vms);
        else if (vms.Count == 0)
            session.Terminal.Error.WriteLine("there is no VM yet (vmsup define FILE makes one known)");
        else
            Write(vms, session.Terminal);
    }

    private static void Write(IReadOnlyList<VmView> vms, Terminal terminal)
    {
        var table = new Table("ID", "NAME", "STATE", "GUEST", "INC", "PID", "AGE", "CAUSE", "NOTE")
        {
            Right = new HashSet<string> { "ID", "INC", "PID", "AGE" },
        };
        foreach (var vm in vms)
        {
            table.Add(
                vm.Id.ToString(), vm.Name, Words.State(vm), Words.Guest(vm), vm.Incarnation.ToString(), vm.Pid is { } pid ? Words.Number(pid) : "",
                Words.Age(vm.Since, terminal.Time), vm.Cause, NoteOf(vm));
        }

        table.Write(terminal);
    }

    private static Cell NoteOf(VmView vm) => vm.Problems.Count switch
    {
        0 => new Cell(vm.Activity ?? ""),
        1 => new Cell(vm.Problems[0], Tone.Bad),
        var count => new Cell($"{count} problems, see vmsup show {vm.Id}", Tone.Bad),
    };
}
