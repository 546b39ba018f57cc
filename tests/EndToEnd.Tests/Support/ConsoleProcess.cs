using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace VmSupervisor.EndToEnd.Tests.Support;

/// <summary>A <c>vmsup console</c>, in pipes or on a terminal of its own (which script(1) makes).</summary>
internal sealed class ConsoleProcess : IDisposable
{
    private readonly Process process;
    private readonly Channel<string> pieces = Channel.CreateUnbounded<string>();
    private readonly StringBuilder text = new();
    private readonly Task<string> errors;

    private ConsoleProcess(ProcessStartInfo start)
    {
        process = Process.Start(start)!;
        errors = process.StandardError.ReadToEndAsync();
        _ = ReadAsync();
    }

    public static ConsoleProcess Start(Node node, params string[] arguments) =>
        new(Programs.Prepare(Binaries.Cli, ["console", .. arguments, "--socket", node.Socket]));

    public static ConsoleProcess StartOnTerminal(Node node, string cli = "console 7")
    {
        var command = $"stty -a >{node.In("before")}; {Binaries.Cli} {cli} --socket {node.Socket}; echo left with $?; stty -a >{node.In("after")}";
        return new(Programs.Prepare("script", ["-q", "-e", "-c", command, "/dev/null"]));
    }

    public static void AssertTerminalRestored(Node node)
    {
        var before = File.ReadAllText(node.In("before"));
        Assert.Contains(" icanon ", before);
        Assert.Equal(before, File.ReadAllText(node.In("after")));
    }

    public async Task TypeAsync(string typed)
    {
        await process.StandardInput.WriteAsync(typed);
        await process.StandardInput.FlushAsync();
    }

    public async Task SeesAsync(string wanted)
    {
        using var limit = new CancellationTokenSource(Limits.Step);
        while (!text.ToString().Contains(wanted))
        {
            try
            {
                text.Append(await pieces.Reader.ReadAsync(limit.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
            {
                Assert.Fail($"'{wanted}' was not printed: {e.Message}\n{text}");
            }
        }
    }

    public async Task<Ended> EndAsync()
    {
        using var limit = new CancellationTokenSource(Limits.Step);
        await foreach (var piece in pieces.Reader.ReadAllAsync(limit.Token))
            text.Append(piece);
        await process.WaitForExitAsync(limit.Token);
        return new(process.ExitCode, text.ToString(), await errors);
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new char[4096];
        while (await process.StandardOutput.ReadAsync(buffer) is > 0 and var count)
            pieces.Writer.TryWrite(new string(buffer, 0, count));
        pieces.Writer.Complete();
    }
}
