using System.Diagnostics;
using System.Text.Json.Nodes;

namespace VmSupervisor.EndToEnd.Tests.Support;

/// <summary>How a program ended and what it wrote.</summary>
internal sealed record Ended(int Exit, string Output, string Errors)
{
    public JsonNode Json => JsonNode.Parse(Output) ?? throw new InvalidOperationException("null");

    /// <summary>The only line of its errors.</summary>
    public string OneError => Assert.Single(Errors.TrimEnd('\n').Split('\n'));

    public Ended Expect(int exit)
    {
        Assert.True(Exit == exit, $"exit code {Exit}, expected {exit}\n{Output}{Errors}");
        return this;
    }
}

internal static class Programs
{
    public static ProcessStartInfo Prepare(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Remove("VMSUP_SOCKET");
        start.Environment.Remove("NOTIFY_SOCKET");
        start.Environment["VMSUPD"] = Binaries.Daemon;

        // As out/vmsupd does: a daemon that is killed would leave its sockets in the temporary directory.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return start;
    }

    /// <summary>Runs one that does its work at once.</summary>
    public static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(Prepare(program, arguments))!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {errors}");
    }

    public static async Task<Ended> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(Prepare(program, arguments))!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limits.Step);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            Assert.Fail($"{program} {string.Join(' ', arguments)} has not ended after {Limits.Step.TotalSeconds} s");
        }

        return new(process.ExitCode, await output, await errors);
    }
}
