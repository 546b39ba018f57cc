using System.Diagnostics;

namespace VmSupervisor.Supervisor.Cli.Tests;

/// <summary>What a shell offers; through real shells where they are installed, bash always.</summary>
public sealed class CompletionTests : IAsyncLifetime
{
    private readonly TempDirectory directory = new();
    private FakeDaemon daemon = null!;

    public async ValueTask InitializeAsync()
    {
        daemon = await FakeDaemon.StartAsync(directory);
        daemon.On("GET /v1/vms", new[] { Samples.Down, Samples.Running });
    }

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        directory.Dispose();
    }

    [Theory]
    [InlineData("sh", "show shutdown")]
    [InlineData("show ", "db web-1 7 104")]
    [InlineData("show w", "web-1")]
    [InlineData("start 1", "104")]
    [InlineData("start web-1 ", "")]
    [InlineData("wait db ", "Starting Running Stopping CleanedUp undefined")]
    [InlineData("wait db C", "CleanedUp")]
    [InlineData("wait --timeout 5s db C", "CleanedUp")]
    [InlineData("wait --timeout ", "")]
    [InlineData("start --p", "--paused")]
    [InlineData("start --paused --p", "")]
    [InlineData("stop --no-wait d", "db")]
    [InlineData("-o ", "json text")]
    [InlineData("list --output = j", "json")]
    [InlineData("list --output =", "json text")]
    [InlineData("completion ", "bash fish zsh")]
    [InlineData("define ", ":files")]
    [InlineData("--socket ", ":files")]
    [InlineData("nonsense x", "")]
    public async Task A_word_is_completed_by_its_place(string typed, string expected)
    {
        var printed = await new Prompt(daemon.Socket).RunAsync(["__complete", .. typed.Split(' ')]);
        Assert.Equal((0, ""), (printed.Code, printed.Error));
        var words = printed.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[0]);
        Assert.Equal(expected, string.Join(' ', words));
    }

    [Fact]
    public async Task Every_command_is_offered_with_what_it_does()
    {
        var printed = await new Prompt(daemon.Socket).RunAsync("__complete", "");
        Assert.Contains("list\tList every VM of this node\n", printed.Out);
        Assert.Equal(HelpTests.Commands.Length, printed.Out.TrimEnd('\n').Split('\n').Length);
    }

    [Fact]
    public async Task Without_a_daemon_no_vm_is_offered_and_nothing_is_said()
    {
        Assert.Equal(new Printed(0, "", ""), await new Prompt(directory.File("none")).RunAsync("__complete", "show", ""));
        Assert.Contains("web-1", (await new Prompt(directory.File("none")).RunAsync("__complete", "--socket", daemon.Socket, "show", "")).Out);
    }

    [Theory]
    [InlineData("(vmsup wait web-1 Cl)", "CleanedUp")]
    [InlineData("(vmsup start '')", "db|web-1|7|104")]
    [InlineData("(vmsup und)", "undefine")]
    [InlineData("(vmsup define '')", "compopt -o default")]
    [InlineData("(vmsup list --output = '')", "json|text")]
    public async Task Bash_completes_with_the_script(string words, string expected)
    {
        var (exit, output, errors) = await RunAsync("bash", "--norc", "-c",
            $$"""
            source <(vmsup completion bash) && [[ $(complete -p vmsup) == 'complete -F _vmsup vmsup' ]] || exit 9
            compopt() { COMPREPLY+=("compopt $*"); }
            COMP_WORDS={{words}} COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _vmsup
            IFS='|'; echo "${COMPREPLY[*]}"
            """);
        Assert.Equal((0, expected + "\n", ""), (exit, output, errors));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task The_script_of_a_shell_is_valid_in_it(string shell)
    {
        var script = directory.Write($"script.{shell}", (await new Prompt("/none").RunAsync("completion", shell)).Out);
        Assert.Contains("__complete", await File.ReadAllTextAsync(script, TestContext.Current.CancellationToken));
        if (!IsInstalled(shell))
            return;
        var (exit, _, errors) = await RunAsync(shell, "-n", script);
        Assert.Equal((0, ""), (exit, errors));
    }

    private static bool IsInstalled(string shell) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(d => File.Exists(Path.Combine(d, shell)));

    private async Task<(int Exit, string Output, string Errors)> RunAsync(string program, params string[] args)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory.Path };
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        start.Environment["PATH"] = $"{AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["VMSUP_SOCKET"] = daemon.Socket;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, errors);
    }
}
