using System.CommandLine;
using VmSupervisor.Cli.Output;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Commands;

internal static class EventsCommand
{
    public static Command Create(Runner runner)
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Show what happens from now on, until interrupted" };
        var after = new Option<long?>("--after") { Description = "Begin after this position, which a former event had", HelpName = "POSITION" };
        var command = new VmsupCommand(
            "events", "Show what happened to all VMs so far, or what happens.", "vmsup events --follow -o json")
        {
            follow, after,
        };
        runner.SetAction(command, (session, cancellationToken) => session.Arguments.GetValue(follow)
            ? FollowAsync(session, session.Arguments.GetValue(after), cancellationToken)
            : ListAsync(session, session.Arguments.GetValue(after) ?? 0, cancellationToken));
        return command;
    }

    private static async Task FollowAsync(Session session, long? after, CancellationToken cancellationToken)
    {
        var names = session.IsJson ? null : await VmNames.ReadAsync(session, cancellationToken).ConfigureAwait(false);
        await foreach (var change in session.Client.EventsAsync(after, cancellationToken).ConfigureAwait(false))
        {
            if (names is null)
                session.WriteJsonLine(change);
            else
                WriteLine(session.Terminal, change, names);
        }
    }

    private static async Task ListAsync(Session session, long after, CancellationToken cancellationToken)
    {
        var newest = (await session.Client.NodeAsync(cancellationToken).ConfigureAwait(false)).Position;
        var changes = new List<VmEvent>();
        if (after < newest)
        {
            await foreach (var change in session.Client.EventsAsync(after, cancellationToken).ConfigureAwait(false))
            {
                changes.Add(change);
                if (change.Position >= newest)
                    break;
            }
        }

        if (session.IsJson)
        {
            session.WriteJson<IReadOnlyList<VmEvent>>(changes);
            return;
        }

        var names = await VmNames.ReadAsync(session, cancellationToken).ConfigureAwait(false);
        foreach (var change in changes)
            WriteLine(session.Terminal, change, names);
    }

    private static void WriteLine(Terminal terminal, VmEvent change, VmNames names)
    {
        var entry = change.Entry;
        string[] words = [
            Words.Time(entry.Time, terminal.Time), $"vm {names.Subject(change)}", $"#{entry.Incarnation}", entry.Type,
            entry.Cause is null ? "" : $"({entry.Cause})", Words.Data(entry.Data, terminal.Time),
        ];
        terminal.Out.WriteLine(string.Join("  ", words.Where(word => word.Length > 0)));
        terminal.Out.Flush();
    }
}
