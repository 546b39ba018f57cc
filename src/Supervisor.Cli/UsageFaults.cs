using System.CommandLine;
using System.CommandLine.Parsing;
using VmSupervisor.Contracts.Text;

namespace VmSupervisor.Cli;

/// <summary>What is wrong with a command line, in the words of the help, and where to read on.</summary>
internal static class UsageFaults
{
    public static IEnumerable<string> Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var name = NameOf(parsed.CommandResult);
        IEnumerable<string> faults = command.Subcommands.Count > 0
            ? [.. OptionFaults(parsed), OfCommand(command, parsed.UnmatchedTokens)]
            : [.. Missing(parsed), .. OptionFaults(parsed), .. parsed.UnmatchedTokens.Select(Unknown)];
        foreach (var fault in faults)
            yield return $"{name}: {fault}";
        if (command.Subcommands.Count == 0)
            yield return $"usage: {string.Join(' ', command.Arguments.Select(argument => argument.Name).Prepend(name))} [OPTION ...]";
        yield return $"{name} --help shows how it is used";
    }

    private static string NameOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{NameOf(parent)} {command.Command.Name}" : "vmsup";

    private static string OfCommand(Command root, IReadOnlyList<string> unmatched)
    {
        var commands = root.Subcommands.Select(known => known.Name).ToArray();
        if (unmatched is not [var wrong, ..])
            return $"a command is missing, one of {string.Join(", ", commands)}";
        if (wrong.StartsWith('-'))
            return Unknown(wrong);
        var nearest = NearestName.Find(wrong, commands);
        return $"there is no command '{wrong}'{(nearest is null ? "" : $" (did you mean {nearest}?)")}";
    }

    private static IEnumerable<string> Missing(ParseResult parsed) =>
        from argument in parsed.CommandResult.Command.Arguments
        where argument.Arity.MinimumNumberOfValues > (parsed.GetResult(argument)?.Tokens.Count ?? 0)
        select $"{argument.Name} is missing ({argument.Description})";

    // Those that have no sentence of ours here are told by it elsewhere.
    private static IEnumerable<string> OptionFaults(ParseResult parsed) =>
        from error in parsed.Errors
        where error.SymbolResult is not CommandResult and not ArgumentResult { Tokens.Count: 0 }
        select error.SymbolResult is OptionResult { Option: var option, IdentifierToken: var given, Tokens.Count: 0 }
            ? $"{given?.Value ?? option.Name}: {option.HelpName} is missing"
            : error.Message;

    private static string Unknown(string token) =>
        token.StartsWith('-') ? $"there is no option '{token}'" : $"'{token}' is more than it takes";
}
