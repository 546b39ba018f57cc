using System.CommandLine;
using System.CommandLine.Parsing;

namespace VmSupervisor.Daemon.CommandLine;

/// <summary>What the command line says.</summary>
/// <param name="ConfigFile">The configuration file; null for none.</param>
/// <param name="Settings">The arguments of <c>--set</c>, in order.</param>
/// <param name="Flags">The flags that stand for a setting: the flag, the setting, the value.</param>
internal sealed record DaemonArguments(string? ConfigFile, IReadOnlyList<string> Settings, IReadOnlyList<SettingFlag> Flags);

/// <summary>A flag that stands for a setting.</summary>
/// <param name="Flag">As it is typed.</param>
/// <param name="Setting">The setting's path.</param>
/// <param name="Value">What it is set to.</param>
internal sealed record SettingFlag(string Flag, string Setting, string Value);

/// <summary>The command line of <c>vmsupd</c>.</summary>
internal static class DaemonCommandLine
{
    /// <summary>The arguments; or, when there is nothing to run, the exit code after help, version or errors were printed.</summary>
    public static (DaemonArguments? Arguments, int ExitCode) Parse(IReadOnlyList<string> args, TextWriter output, TextWriter errors)
    {
        var config = new Option<string>("--config") { Description = "The configuration file (HOCON).", HelpName = "FILE" };
        var set = new Option<string[]>("--set")
        {
            Description = "Overrides a setting; may be given several times.",
            HelpName = "path=value",
            Arity = ArgumentArity.OneOrMore,
        };
        var stateDir = new Option<string>("--state-dir") { Description = "Where the journal is kept.", HelpName = "DIR" };
        var runDir = new Option<string>("--run-dir") { Description = "Where sockets, pid files and QEMU's logs are.", HelpName = "DIR" };
        var node = new Option<string>("--node") { Description = "This node's name.", HelpName = "NAME" };
        var socket = new Option<string>("--socket") { Description = "The unix socket on which vmsup finds this daemon.", HelpName = "PATH" };
        var root = new RootCommand("Supervises the virtual machines of this node.") { config, set, stateDir, runDir, node, socket };
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                errors.WriteLine($"vmsupd: {error.Message}");
            errors.WriteLine("vmsupd: see vmsupd --help");
            return (null, ExitCodes.BadConfiguration);
        }

        if (parsed.Action is not null)
            return (null, parsed.Invoke(new InvocationConfiguration { Output = output, Error = errors }));

        var flags = new List<SettingFlag>();
        Add(flags, parsed, stateDir, "vmsup.state-dir", Path.GetFullPath);
        Add(flags, parsed, runDir, "vmsup.run-dir", Path.GetFullPath);
        Add(flags, parsed, node, "vmsup.node", text => text);
        Add(flags, parsed, socket, "vmsup.socket.path", Path.GetFullPath);
        return (new DaemonArguments(parsed.GetValue(config), parsed.GetValue(set) ?? [], flags), ExitCodes.Stopped);
    }

    private static void Add(List<SettingFlag> flags, ParseResult parsed, Option<string> option, string setting, Func<string, string> resolve)
    {
        // Path.GetFullPath refuses the empty string; the setting's own check says so better.
        if (parsed.GetValue(option) is { } value)
            flags.Add(new SettingFlag(option.Name, setting, value.Length == 0 ? value : resolve(value)));
    }
}
