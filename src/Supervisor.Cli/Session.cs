using System.CommandLine;
using System.Text.Json;
using VmSupervisor.Client;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Cli;

/// <summary>One run of one command: its arguments, the daemon, and where to write.</summary>
internal sealed class Session(ParseResult arguments, VmsupClient client, Terminal terminal, bool isJson) : IDisposable
{
    public ParseResult Arguments => arguments;

    public VmsupClient Client => client;

    public Terminal Terminal => terminal;

    public bool IsJson => isJson;

    /// <summary>Writes one document: on several lines for a person, on one for a pipe.</summary>
    public void WriteJson<T>(T value) =>
        terminal.Out.WriteLine(JsonSerializer.Serialize(value, terminal.OutIsTerminal ? ContractsJson.Indented : ContractsJson.Options));

    /// <summary>Writes one document on one line.</summary>
    public void WriteJsonLine<T>(T value)
    {
        terminal.Out.WriteLine(JsonSerializer.Serialize(value, ContractsJson.Options));
        terminal.Out.Flush();
    }

    public void Dispose() => client.Dispose();
}
