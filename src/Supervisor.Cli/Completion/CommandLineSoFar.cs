using System.CommandLine;

namespace VmSupervisor.Cli.Completion;

/// <summary>An unfinished command line: which command, which of its arguments or options the last word is about.</summary>
/// <param name="Command">The command; the root while there is none.</param>
/// <param name="Current">The word that is being typed; perhaps empty.</param>
/// <param name="ValueOf">The option whose value it is; null when it is none's.</param>
/// <param name="Position">How many arguments of the command stand before it.</param>
/// <param name="Given">The options that stand before it, by all their names.</param>
internal sealed record CommandLineSoFar(Command Command, string Current, Option? ValueOf, int Position, IReadOnlySet<string> Given)
{
    public static CommandLineSoFar Of(RootCommand root, IReadOnlyList<string> typed)
    {
        // bash breaks --socket=/x into three words, the second being "=".
        var current = typed.Count == 0 || typed[^1] == "=" ? "" : typed[^1];
        var before = typed.Take(typed.Count - (typed.Count > 0 && typed[^1] != "=" ? 1 : 0)).Where(word => word != "=");
        Command command = root;
        Option? pending = null;
        var position = 0;
        var given = new HashSet<string>();
        foreach (var word in before)
        {
            if (pending is not null)
            {
                pending = null;
            }
            else if (word.StartsWith('-') && OptionsOf(root, command).FirstOrDefault(o => NamesOf(o).Contains(word)) is { } option)
            {
                given.UnionWith(NamesOf(option));
                pending = option.Arity.MinimumNumberOfValues > 0 ? option : null;
            }
            else if (command.Subcommands.FirstOrDefault(c => c.Name == word) is { } named)
            {
                command = named;
            }
            else if (!word.StartsWith('-'))
            {
                position++;
            }
        }

        return new(command, current, pending, position, given);
    }

    /// <summary>The command's own options, and those that every command takes.</summary>
    public static IEnumerable<Option> OptionsOf(RootCommand root, Command command) =>
        command.Options.Concat(command == root ? [] : root.Options.Where(o => o.Recursive)).Where(o => !o.Hidden);

    public static IEnumerable<string> NamesOf(Option option) => option.Aliases.Prepend(option.Name);
}
