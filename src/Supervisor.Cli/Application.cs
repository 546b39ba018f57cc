using System.CommandLine;
using VmSupervisor.Cli.Commands;
using VmSupervisor.Cli.Completion;

namespace VmSupervisor.Cli;

/// <summary>The program without its process.</summary>
internal static class Application
{
    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        var global = new GlobalOptions();
        var root = BuildRoot(global, new Runner(terminal, global), terminal);
        if (args is [Completer.Door, .. var words])
            return await new Completer(root, global, terminal).RunAsync(words).ConfigureAwait(false);
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var line in UsageFaults.Of(parsed))
                terminal.Error.WriteLine(line);
            return ExitCodes.Usage;
        }

        try
        {
            var code = await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = terminal.Out,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
            }).ConfigureAwait(false);
            await terminal.Out.FlushAsync().ConfigureAwait(false);
            return code;
        }
        catch (IOException e)
        {
            return ExitCodes.OfOutput(e, terminal.Error);
        }
    }

    private static RootCommand BuildRoot(GlobalOptions global, Runner runner, Terminal terminal)
    {
        var root = new RootCommand(
            """
            Starts, stops and shows the virtual machines of this node.
            A VM is named by its number or its name.

            Example:
              vmsup define web-1.conf && vmsup start web-1 && vmsup list

            Exit codes: 0 done, 1 failed, 2 usage or bad file, 3 not found,
              4 conflict or refused, 5 daemon unreachable, 6 timed out, 7 not allowed
            """);
        HelpWithExample.AddTo(root, terminal);
        global.AddTo(root);
        root.Add(DefineCommand.Create(runner));
        root.Add(ListCommand.Create(runner));
        root.Add(ShowCommand.Create(runner));
        root.Add(DiffCommand.Create(runner));
        foreach (var command in LifeCommands.Create(runner))
            root.Add(command);
        root.Add(ConsoleCommand.Create(runner));
        root.Add(MonitorCommand.Create(runner));
        root.Add(WaitCommand.Create(runner));
        root.Add(OperationsCommand.Create(runner));
        root.Add(CancelCommand.Create(runner));
        root.Add(HistoryCommand.Create(runner));
        root.Add(EventsCommand.Create(runner));
        root.Add(NodeCommand.Create(runner));
        root.Add(TokenCommand.Create(runner));
        root.Add(JournalCommand.Create(runner));
        root.Add(DoctorCommand.Create(runner));
        root.Add(CompletionCommand.Create(runner));
        return root;
    }
}
