namespace VmSupervisor.Supervisor.Cli.Tests;

public sealed class HelpTests
{
    internal static readonly string[] Commands =
    [
        "define", "list", "show", "diff", "start", "shutdown", "stop", "reboot", "reset", "pause", "resume", "backup", "suspend-to-disk", "migrate", "migrate-resolve", "undefine", "console", "monitor", "wait", "operations", "cancel", "history", "events",
        "node", "token", "journal", "doctor", "completion",
    ];

    [Fact]
    public async Task Help_lists_every_command_on_one_line()
    {
        var lines = (await new Prompt("/none").RunAsync("--help")).Out.Split('\n').SkipWhile(line => line != "Commands:").Skip(1);
        Assert.Equal(Commands, lines.TakeWhile(line => line.Length > 0).Select(line => line.Trim().Split(' ')[0]));
    }

    [Fact]
    public async Task Every_command_shows_an_example_of_itself()
    {
        foreach (var command in Commands)
        {
            var printed = await new Prompt("/none").RunAsync(command, "--help");
            Assert.Equal((0, ""), (printed.Code, printed.Error));
            Assert.Contains($"Example:\n  vmsup {command} ", printed.Out.Replace("vmsup operations\n", "vmsup operations "));
        }
    }
}
