using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace VmSupervisor.Cli.Commands;

/// <summary>A command with an example, which its own help shows and the list of commands does not.</summary>
internal sealed class VmsupCommand(string name, string description, string example) : Command(name, description)
{
    public string Example => example;
}

/// <summary>Help as the library writes it, and the example below.</summary>
internal sealed class HelpWithExample(HelpAction help) : SynchronousCommandLineAction
{
    // Who asks for help need not have given the arguments that the help explains.
    public override bool ClearsParseErrors => true;

    public static void AddTo(RootCommand root, Terminal terminal)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        var help = (HelpAction)option.Action!;
        help.MaxWidth = terminal is { OutIsTerminal: true, Width: { } width } ? width : int.MaxValue;
        option.Action = new HelpWithExample(help);
    }

    public override int Invoke(ParseResult parseResult)
    {
        var result = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is VmsupCommand command)
            parseResult.InvocationConfiguration.Output.WriteLine($"Example:\n  {command.Example}\n");
        return result;
    }
}
