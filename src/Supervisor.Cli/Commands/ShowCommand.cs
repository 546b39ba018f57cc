using System.CommandLine;
using VmSupervisor.Cli.Output;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Commands;

internal static class ShowCommand
{
    public static Command Create(Runner runner)
    {
        var vm = Arguments.Vm();
        var command = new VmsupCommand("show", "Show one VM: its state and why, its process, its volumes, its networks, its problems.", "vmsup show web-1") { vm };
        runner.SetAction(command, async (session, cancellationToken) =>
        {
            var view = await session.Client.ShowAsync(session.Arguments.GetRequiredValue(vm), cancellationToken).ConfigureAwait(false);
            Write(session, view);
        });
        return command;
    }

    /// <summary>One VM as every command shows it.</summary>
    public static void Write(Session session, VmView view)
    {
        if (session.IsJson)
        {
            session.WriteJson(view);
            return;
        }

        var time = session.Terminal.Time;
        var block = new Block();
        block.Add("id", view.Id.ToString());
        block.Add("name", view.Name);
        block.Add("node", view.Node);
        block.Add("state", Words.State(view));
        block.Add("guest", Words.Guest(view));
        block.Add("cause", view.Detail.Length == 0 ? view.Cause : $"{view.Cause}: {view.Detail}");
        block.Add("since", $"{Words.Time(view.Since, time)} ({Words.Age(view.Since, time)})");
        block.Add("machine", view.Machine);
        block.Add("definition", view.Pending ? $"changed since it was started; the next start takes it (vmsup diff {view.Name})" : "");
        block.Add("incarnation", view.Incarnation.ToString());
        block.Add("pid", view.Pid is { } pid ? Words.Number(pid) : "");
        block.Add("operation", view.Operation?.Value ?? "");
        block.Add("activity", view.Activity ?? "");
        block.Add("restarts", view.Restarts == 0 ? "" : Words.Number(view.Restarts));
        foreach (var volume in view.Volumes)
            block.Add("volume", $"{volume.Name} {volume.Path}, {(volume.Kept ? "kept active" : volume.Active ? "active" : "not active")}");
        foreach (var network in view.Networks)
            block.Add("network", string.Join(", ", [$"{network.Name} {(network.Bridge is { } bridge ? $"{network.Type} on {bridge}" : network.Type)}, {network.Mac}", .. network.Forwards]));
        foreach (var problem in view.Problems)
            block.Add("problem", new Cell(problem, Tone.Bad));
        block.Write(session.Terminal);
    }
}
