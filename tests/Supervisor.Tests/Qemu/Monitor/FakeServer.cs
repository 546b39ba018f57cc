using System.Net.Sockets;
using System.Text;
using VmSupervisor.Supervisor.Tests.Qemu.Qmp;

namespace VmSupervisor.Supervisor.Tests.Qemu.Monitor;

/// <summary>A monitor socket that the test accepts connections from, one by one.</summary>
internal sealed class FakeServer : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public FakeServer()
    {
        listener.Bind(new UnixDomainSocketEndPoint(Path));
        listener.Listen();
    }

    public string Path => directory["qmp.sock"];

    public async Task<FakeClient> AcceptAsync() => new(new NetworkStream(await listener.AcceptAsync(), ownsSocket: true));

    /// <summary>Nobody listens any more, and the file is still there: as after a SIGKILL.</summary>
    public void Die()
    {
        // .NET removes the file with the socket; the kernel does not.
        listener.Dispose();
        File.WriteAllText(Path, "");
    }

    public void Dispose()
    {
        listener.Dispose();
        directory.Dispose();
    }
}

/// <summary>The server's end of one connection.</summary>
internal sealed class FakeClient(NetworkStream stream) : IDisposable
{
    private readonly StreamReader reader = new(stream);

    public Task SendAsync(string line) => stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n")).AsTask();

    public async Task GreetAsync()
    {
        await SendAsync(FakeMonitor.Greeting);
        await AnswerAsync("qmp_capabilities", "{}");
    }

    /// <summary>Takes a command, which must be this one, and answers.</summary>
    public async Task AnswerAsync(string command, string value)
    {
        var line = await reader.ReadLineAsync() ?? "";
        using var request = System.Text.Json.JsonDocument.Parse(line);
        Assert.Equal(command, request.RootElement.GetProperty("execute").GetString());
        await SendAsync($$"""{"return": {{value}}, "id": {{request.RootElement.GetProperty("id").GetInt64()}}}""");
    }

    public Task AnswerStatusAsync(string status) =>
        AnswerAsync("query-status", $$"""{"status": "{{status}}", "running": {{(status == "running" ? "true" : "false")}}}""");

    public void Dispose() => stream.Dispose();
}
