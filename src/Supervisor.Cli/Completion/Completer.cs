using System.CommandLine;
using VmSupervisor.Client;
using VmSupervisor.Contracts.Http;

namespace VmSupervisor.Cli.Completion;

/// <summary>
/// What the last word of a command line may become: the other half of the shells' scripts, which know nothing of
/// commands themselves. <c>vmsup __complete WORD…</c> prints a candidate and what it is, a tab between them, a line
/// each; the line <c>:files</c> asks the shell for its own completion of files.
/// </summary>
internal sealed class Completer(RootCommand root, GlobalOptions global, Terminal terminal)
{
    /// <summary>What <c>vmsup</c> is called with by the scripts.</summary>
    public const string Door = "__complete";

    private const string Files = ":files";

    /// <summary>Somebody waits at a prompt for the answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public async Task<int> RunAsync(IReadOnlyList<string> words)
    {
        var line = CommandLineSoFar.Of(root, words);
        foreach (var (text, description) in await CandidatesAsync(line, words).ConfigureAwait(false))
        {
            if (text == Files || text.StartsWith(line.Current, StringComparison.Ordinal))
                terminal.Out.Write($"{text}\t{description}\n");
        }

        await terminal.Out.FlushAsync().ConfigureAwait(false);
        return ExitCodes.Done;
    }

    private async Task<IEnumerable<Candidate>> CandidatesAsync(CommandLineSoFar line, IReadOnlyList<string> words)
    {
        if (line.ValueOf is { } option)
            return ValuesOf(option);
        if (line.Current.StartsWith('-'))
            return OptionsOf(line);
        if (line.Command.Subcommands.Count > 0)
            return line.Command.Subcommands.Where(c => !c.Hidden).Select(c => new Candidate(c.Name, FirstSentence(c.Description)));
        if (line.Command.Arguments.ElementAtOrDefault(line.Position) is not { } argument)
            return [];
        return argument.Name switch
        {
            "ID" => await VmsAsync(words).ConfigureAwait(false),
            "OPERATION" => await OperationsAsync(words).ConfigureAwait(false),
            "NODE" => await AskAsync(words, async client =>
                (await client.PeersAsync().ConfigureAwait(false)).Select(peer => new Candidate(peer.Name, $"node at {peer.Address}"))).ConfigureAwait(false),
            "STATE" => Api.States.Append(Api.Undefined).Select(state => new Candidate(state, "state")),
            "FILE" or "BACKUP" or "DIR" => [new Candidate(Files, "")],
            _ => argument.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty).Select(c => new Candidate(c.Label, "")),
        };
    }

    private static IEnumerable<Candidate> ValuesOf(Option option) => option.Name is "--socket" or "--state-dir"
        ? [new Candidate(Files, "")]
        : option.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty).Select(c => new Candidate(c.Label, ""));

    private IEnumerable<Candidate> OptionsOf(CommandLineSoFar line) =>
        from option in CommandLineSoFar.OptionsOf(root, line.Command)
        where !line.Given.Contains(option.Name)
        from name in CommandLineSoFar.NamesOf(option)
        where name.StartsWith('-')
        select new Candidate(name, FirstSentence(option.Description));

    private Task<IEnumerable<Candidate>> VmsAsync(IReadOnlyList<string> words) => AskAsync(words, async client =>
    {
        var vms = await client.ListAsync().ConfigureAwait(false);
        return vms.Select(vm => new Candidate(vm.Name, $"vm {vm.Id}, {vm.State}"))
            .Concat(vms.Select(vm => new Candidate(vm.Id.ToString(), $"{vm.Name}, {vm.State}")));
    });

    private Task<IEnumerable<Candidate>> OperationsAsync(IReadOnlyList<string> words) => AskAsync(words, async client =>
        (await client.OperationsAsync().ConfigureAwait(false)).Select(o => new Candidate(o.Id.Value, $"{o.Kind} of vm {o.Vm}")));

    private async Task<IEnumerable<Candidate>> AskAsync(IReadOnlyList<string> words, Func<VmsupClient, Task<IEnumerable<Candidate>>> ask)
    {
        try
        {
            var socket = global.SocketPath(root.Parse([.. words.Take(words.Count - 1).Where(w => w != "=")]), terminal);
            using var client = new VmsupClient(socket, new VmsupClientOptions { Time = terminal.Time, AnswerTimeout = Patience });
            return await ask(client).ConfigureAwait(false);
        }
        catch (VmsupException)
        {
            // No daemon, or not allowed: a half-typed line is no place to say so.
            return [];
        }
    }

    private static string FirstSentence(string? text) => (text ?? "").Split(". ")[0].ReplaceLineEndings(" ").TrimEnd('.');

    private readonly record struct Candidate(string Text, string Description);
}
