using System.CommandLine;
using VmSupervisor.Contracts;

namespace VmSupervisor.Cli;

/// <summary>What every command takes.</summary>
internal sealed class GlobalOptions
{
    private readonly Option<string?> socket = new("--socket")
    {
        Description = "The daemon's socket; else $VMSUP_SOCKET, else vmsupd.sock in the default run directory",
        HelpName = "PATH",
        Recursive = true,
    };

    private readonly Option<string> output = new("--output", "-o")
    {
        Description = "text for people, or json: one document on standard output",
        HelpName = "text|json",
        Recursive = true,
        DefaultValueFactory = _ => "text",
    };

    public GlobalOptions()
    {
        output.CompletionSources.Add("json", "text");
        output.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: not ("text" or "json") and var found }])
                result.AddError($"{result.IdentifierToken?.Value}: found '{found}', allowed: text, json");
        });
    }

    public void AddTo(RootCommand root)
    {
        root.Add(socket);
        root.Add(output);
    }

    public bool IsJson(ParseResult parsed) => parsed.GetValue(output) == "json";

    public string SocketPath(ParseResult parsed, Terminal terminal) =>
        NotEmpty(parsed.GetValue(socket))
        ?? NotEmpty(terminal.Environment("VMSUP_SOCKET"))
        ?? NodeDirectories.Default(terminal.IsRoot, terminal.Environment).Socket;

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
