using System.Net.Sockets;
using System.Text.Json;

namespace VmSupervisor.Supervisor.Tests.Qemu.Agents;

/// <summary>What a guest's agent does with its file systems, behind a socket of a test's own.</summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;

    public FakeAgent(string path)
    {
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        serving = ServeAsync();
    }

    /// <summary>Commands that are taken and never answered.</summary>
    public HashSet<string> Ignores { get; init; } = [];

    /// <summary>Commands that are refused.</summary>
    public HashSet<string> Refuses { get; init; } = [];

    /// <summary>What was asked, in order.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Whether the guest's file systems are frozen.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>Called when they are.</summary>
    public Func<Task>? OnFreeze { get; init; }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await serving;
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                // One client at a time, as QEMU's socket.
                using var stream = new NetworkStream(await listener.AcceptAsync(stop.Token), ownsSocket: true);

                // Left over from a client before: half an answer, which a synchronised client skips.
                await stream.WriteAsync("\"return\": {}}\n"u8.ToArray(), stop.Token);
                using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
                while (await reader.ReadLineAsync(stop.Token) is { } line)
                    await AnswerAsync(stream, line.TrimStart('\u00ff'));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(NetworkStream stream, string line)
    {
        using var request = JsonDocument.Parse(line);
        var command = request.RootElement.GetProperty("execute").GetString()!;
        Asked.Add(command);
        if (Ignores.Contains(command))
            return;
        var answer = command switch
        {
            _ when Refuses.Contains(command) => """{"error": {"class": "GenericError", "desc": "failed to freeze /: busy"}}""",
            "guest-sync-delimited" => "\u00ff" + $$"""{"return": {{request.RootElement.GetProperty("arguments").GetProperty("id").GetInt64()}}}""",
            _ => """{"return": 1}""",
        };
        if (!Refuses.Contains(command) && command.StartsWith("guest-fsfreeze", StringComparison.Ordinal))
        {
            IsFrozen = command == "guest-fsfreeze-freeze";
            if (IsFrozen && OnFreeze is { } onFreeze)
                await onFreeze();
        }

        await stream.WriteAsync(System.Text.Encoding.Latin1.GetBytes(answer + "\n"), stop.Token);
    }
}
