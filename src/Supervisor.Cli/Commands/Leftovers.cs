using VmSupervisor.Cli.Output;
using VmSupervisor.Client;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Commands;

/// <summary><c>doctor --fix</c>: shows what would be done, asks, and does exactly what was shown.</summary>
internal static class Leftovers
{
    public static async Task FixAsync(Session session, bool yes, CancellationToken cancellationToken)
    {
        var found = await session.Client.LeftoversAsync(cancellationToken).ConfigureAwait(false);
        var removable = found.Where(l => l.Action is not null).ToArray();
        if (!session.IsJson)
            Show(session, found);
        if (removable.Length == 0 || !(yes || await AgreesAsync(session, removable.Length, cancellationToken).ConfigureAwait(false)))
        {
            if (session.IsJson)
                session.WriteJson(found);
            if (removable.Length > 0)
                throw new VmsupException(new Problem(ProblemKind.Conflict, "nothing was done: --fix --yes does it without asking"));
            return;
        }

        var done = await session.Client.RemoveLeftoversAsync(removable.Select(l => l.Id), cancellationToken).ConfigureAwait(false);
        Report(session, removable, done);
        if (done.Count(d => !d.Removed) is var failed and > 0)
            throw new VmsupException(new Problem(ProblemKind.Failed, $"{failed} of {done.Count} could not be removed"));
    }

    private static void Show(Session session, IReadOnlyList<LeftoverView> found)
    {
        var terminal = session.Terminal;
        if (found.Count == 0)
            terminal.Out.WriteLine("Nothing is left that no VM owns.");
        foreach (var one in found.Where(l => l.Action is not null))
            terminal.Out.WriteLine($"{one.Found}\n  would: {one.Action}");
        foreach (var one in found.Where(l => l.Action is null))
            terminal.Out.WriteLine($"{one.Found}\n  left alone: {one.Why}");
    }

    private static async Task<bool> AgreesAsync(Session session, int count, CancellationToken cancellationToken)
    {
        var terminal = session.Terminal;
        if (!terminal.InIsTerminal || session.IsJson)
            return false;
        terminal.Error.Write(count == 1 ? "Do it? [y/N] " : $"Do all {count}? [y/N] ");
        using var input = terminal.In();
        return await input.ReadLineAsync(cancellationToken).ConfigureAwait(false) is "y" or "Y" or "yes";
    }

    private static void Report(Session session, IReadOnlyList<LeftoverView> asked, IReadOnlyList<LeftoverRemoval> done)
    {
        if (session.IsJson)
        {
            session.WriteJson(done);
            return;
        }

        var names = asked.ToDictionary(l => l.Id, l => l.Found);
        foreach (var one in done)
        {
            session.Terminal.Out.Write(names.GetValueOrDefault(one.Id, one.Id) + ": ");
            Colors.Write(session.Terminal, new Cell(one.Result, one.Removed ? Tone.Good : Tone.Bad));
            session.Terminal.Out.WriteLine();
        }
    }
}
