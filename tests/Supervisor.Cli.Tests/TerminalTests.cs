using System.Diagnostics;
using System.Text.Json;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Supervisor.Cli.Tests;

/// <summary>The real binary on a terminal, which script(1) makes.</summary>
[Trait("Category", "Process")]
public sealed class TerminalTests : IAsyncLifetime
{
    private readonly TempDirectory directory = new();
    private FakeDaemon daemon = null!;

    public async ValueTask InitializeAsync() => daemon = await FakeDaemon.StartAsync(directory);

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public async Task Help_fits_the_terminal_and_sends_it_no_escapes()
    {
        var (code, seen) = await RunAsync("stty cols 60; vmsup --help");
        Assert.Equal(0, code);
        Assert.DoesNotContain('\e', seen);
        Assert.All(seen.Split("\r\n"), line => Assert.InRange(line.Length, 0, 60));
    }

    [Fact]
    public async Task Progress_is_drawn_and_the_keypad_stays_as_it_is()
    {
        // Answered when the progress asked what to show.
        var drawing = new TaskCompletionSource();
        daemon
            .On("POST /v1/vms/web-1/start?wait=30s", async context =>
            {
                await drawing.Task;
                await FakeDaemon.WriteAsync(
                    context, 200, "application/json", JsonSerializer.Serialize(Samples.Operation(OperationStatus.Succeeded), ContractsJson.Options));
            })
            .On("GET /v1/vms/web-1", context =>
            {
                drawing.TrySetResult();
                return FakeDaemon.WriteAsync(context, 503, "text/plain", "");
            });
        var (code, seen) = await RunAsync("vmsup start web-1");
        Assert.Equal(0, code);
        Assert.EndsWith("vm 104: started\r\n", seen);

        // The cursor is hidden while it draws, and shown again.
        Assert.Contains("\e[?25l", seen);
        Assert.Contains("\e[?25h", seen);
        Assert.DoesNotContain("\e[?1h", seen);
        Assert.DoesNotContain("\e=", seen);
    }

    private async Task<(int Code, string Seen)> RunAsync(string command)
    {
        using var terminal = Process.Start(new ProcessStartInfo("script", ["-qec", command, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment =
            {
                ["PATH"] = $"{AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}",
                ["SHELL"] = "/bin/sh",
                ["TERM"] = "xterm",
                ["NO_COLOR"] = "",
                ["VMSUP_SOCKET"] = daemon.Socket,
            },
        })!;
        var seen = await terminal.StandardOutput.ReadToEndAsync();
        await terminal.WaitForExitAsync();
        return (terminal.ExitCode, seen);
    }
}
