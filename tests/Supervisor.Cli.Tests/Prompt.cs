using VmSupervisor.Cli;

namespace VmSupervisor.Supervisor.Cli.Tests;

/// <summary>A person at a prompt: runs commands in this process and sees what they print.</summary>
internal sealed class Prompt(string socket)
{
    public Dictionary<string, string> Environment { get; } = new() { ["VMSUP_SOCKET"] = socket, ["TERM"] = "xterm-256color" };

    public bool IsTerminal { get; init; }

    public string Input { get; init; } = "";

    public TextWriter? Out { get; init; }

    public async Task<Printed> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var input = new StringReader(Input);
        var code = await Application.RunAsync(args, new Terminal
        {
            Out = Out ?? output,
            Error = error,
            In = () => input,
            OutIsTerminal = IsTerminal,
            ErrorIsTerminal = IsTerminal,
            Environment = Environment.GetValueOrDefault,
            IsRoot = true,
            Time = new StandingClock(),
        });
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>Shows one moment for ever; its timers run.</summary>
    private sealed class StandingClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => Samples.Now;
    }
}

internal sealed record Printed(int Code, string Out, string Error);
