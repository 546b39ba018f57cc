using System.CommandLine;
using VmSupervisor.Cli.Output;
using VmSupervisor.Client;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Text;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Commands;

internal static class NodeCommand
{
    public static Command Create(Runner runner)
    {
        var command = new VmsupCommand("node", "Show this node and the others, make their certificates, or end all guests.", "vmsup node list");
        command.Add(NodePeerCommands.CreateList(runner));
        command.Add(CreateShow(runner));
        command.Add(NodePeerCommands.CreatePing(runner));
        command.Add(NodeCertificateCommands.CreateInitCa(runner));
        command.Add(NodeCertificateCommands.CreateIssue(runner));
        command.Add(HistoryCommand.CreateOfNode(runner));
        command.Add(CreateShutdown(runner));
        return command;
    }

    private static VmsupCommand CreateShow(Runner runner)
    {
        var name = new Argument<string?>("NODE") { Description = "Another node; this one unless told", Arity = ArgumentArity.ZeroOrOne };
        var command = new VmsupCommand(
            "show", "Show the node: its name, its version, how many VMs it has, what needs a person; or another node as this one sees it.", "vmsup node show -o json")
        {
            name,
        };
        runner.SetAction(command, async (session, cancellationToken) =>
        {
            if (session.Arguments.GetValue(name) is { } other)
            {
                await NodePeerCommands.ShowAsync(session, other, cancellationToken).ConfigureAwait(false);
                return;
            }

            var node = await session.Client.NodeAsync(cancellationToken).ConfigureAwait(false);
            if (session.IsJson)
            {
                session.WriteJson(node);
                return;
            }

            var block = new Block();
            block.Add("name", node.Name);
            block.Add("version", node.Version);
            block.Add("state", node.Ready ? "ready" : "starting or stopping");
            block.Add("vms", Words.Number(node.Vms));
            foreach (var problem in node.Problems)
                block.Add("problem", new Cell(problem, Tone.Bad));
            block.Write(session.Terminal);
        });
        return command;
    }

    private static VmsupCommand CreateShutdown(Runner runner)
    {
        var timeout = Arguments.Time("--timeout", $"For all of them, {Duration.Format(Api.NodeShutdownTimeout)} unless told; what runs then is stopped by force");
        var command = new VmsupCommand(
            "shutdown",
            "End all guests before the host goes down: backwards in the order of their start (startup.order), each asked to power off first. The daemon stays.",
            "vmsup node shutdown --timeout 2m")
        {
            timeout,
        };
        runner.SetAction(command, async (session, cancellationToken) =>
        {
            var ended = await session.Client.ShutDownNodeAsync(
                session.Arguments.GetValue(timeout) ?? Api.NodeShutdownTimeout, cancellationToken).ConfigureAwait(false);
            Write(session, ended);
            if (ended.Count(o => o.Status != OperationStatus.Succeeded) is var failed and > 0)
                throw new VmsupException(new Problem(ProblemKind.Failed, $"{failed} of {ended.Count} VMs could not be ended"));
        });
        return command;
    }

    private static void Write(Session session, IReadOnlyList<OperationView> ended)
    {
        if (session.IsJson)
        {
            session.WriteJson(ended);
            return;
        }

        if (ended.Count == 0)
            session.Terminal.Error.WriteLine("no VM was running");
        foreach (var operation in ended)
            session.Terminal.Out.WriteLine(operation.Problem?.Detail ?? $"vm {operation.Vm}: {operation.Note ?? "shut down"}");
    }
}
