using System.Diagnostics;
using VmSupervisor.Client.Tests.Support;

namespace VmSupervisor.Client.Tests;

/// <summary>The wire documentation suffices: a client in another language, that was written against it, does its work.</summary>
public sealed class OutsideClientTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_client_in_another_language_needs_no_more_than_the_documentation()
    {
        using var node = new LiveNode("a");
        await using var host = await TestHost.StartAsync(node);
        var script = Path.Combine(AppContext.BaseDirectory, "outside_client.py");

        var (exit, output) = await RunAsync(script, host.Socket);

        Assert.True(exit == 0, output);
        Assert.EndsWith("done once\n", output);
    }

    private static async Task<(int Exit, string Output)> RunAsync(string script, string socket)
    {
        using var client = Process.Start(new ProcessStartInfo("python3", ["-I", script, socket])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = client.StandardOutput.ReadToEndAsync();
        var errors = client.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        await client.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        client.Kill();
        await client.WaitForExitAsync();
        return (client.ExitCode, await output + await errors);
    }
}
