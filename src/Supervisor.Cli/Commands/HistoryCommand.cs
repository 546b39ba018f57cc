using System.CommandLine;
using VmSupervisor.Cli.Output;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Commands;

internal static class HistoryCommand
{
    public static Command Create(Runner runner)
    {
        var vm = Arguments.Vm();
        var command = new VmsupCommand(
            "history", "Show all that happened to a VM, who or what caused it, and what was refused or ignored.",
            "vmsup history web-1 | tail") { vm };
        runner.SetAction(command, async (session, cancellationToken) =>
        {
            var entries = await session.Client.HistoryAsync(session.Arguments.GetRequiredValue(vm), cancellationToken).ConfigureAwait(false);
            if (session.IsJson)
                session.WriteJson(entries);
            else
                Write(entries, session.Terminal);
        });
        return command;
    }

    /// <summary>The node's own.</summary>
    public static VmsupCommand CreateOfNode(Runner runner)
    {
        var command = new VmsupCommand(
            "history", "Show who was refused, and by whom tokens, the journal or the whole node were touched.", "vmsup node history | tail");
        runner.SetAction(command, async (session, cancellationToken) =>
        {
            var entries = await session.Client.NodeHistoryAsync(cancellationToken).ConfigureAwait(false);
            if (session.IsJson)
                session.WriteJson(entries);
            else
                Write(entries, session.Terminal);
        });
        return command;
    }

    private static void Write(IReadOnlyList<HistoryEntry> entries, Terminal terminal)
    {
        if (entries.Count == 0)
            return;
        var table = new Table("VERSION", "TIME", "INC", "TYPE", "CAUSE", "OPERATION", "BY", "DATA")
        {
            Right = new HashSet<string> { "VERSION", "INC" },
        };
        foreach (var entry in entries)
        {
            table.Add(
                Words.Number(entry.Version), Words.Time(entry.Time, terminal.Time), entry.Incarnation.ToString(),
                new Cell(entry.Type, entry.Type is "refused" or "ignored" ? Tone.Faint : Tone.Plain),
                entry.Cause ?? "", entry.Operation?.Value ?? "", entry.By ?? "", Words.Data(entry.Data, terminal.Time));
        }

        table.Write(terminal);
    }
}
