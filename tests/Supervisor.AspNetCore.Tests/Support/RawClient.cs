using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace VmSupervisor.Supervisor.AspNetCore.Tests.Support;

/// <summary>A remoting client that knows nothing of the contracts: text in, JSON out.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private readonly WebSocket socket;

    private RawClient(WebSocket socket) => this.socket = socket;

    public WebSocket Socket => socket;

    public static async Task<RawClient> ConnectAsync(SupervisorHost host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/remoting");
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", "dm1zdXAgYSBub25jZSAxNg==");
        var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, response.StatusCode);
        return new(WebSocket.CreateFromStream(await response.Content.ReadAsStreamAsync(), new WebSocketCreationOptions()));
    }

    /// <summary>One that has said hello.</summary>
    public static async Task<RawClient> GreetAsync(SupervisorHost host)
    {
        var client = await ConnectAsync(host);
        var answer = await client.AskAsync(0, "hello", """{"versions":[1],"client":"test"}""");
        Assert.Equal(1, answer.GetProperty("result").GetProperty("version").GetInt32());
        return client;
    }

    public Task SendAsync(string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    public Task RequestAsync(int id, string method, string parameters) =>
        SendAsync($$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{parameters}}}""");

    public async Task<JsonElement> AskAsync(int id, string method, string parameters)
    {
        await RequestAsync(id, method, parameters);
        var answer = await ReceiveAsync();
        Assert.Equal(id, answer.GetProperty("id").GetInt32());
        return answer;
    }

    public async Task<JsonElement> ReceiveAsync()
    {
        var message = await TryReceiveAsync();
        Assert.NotNull(message);
        Assert.Equal("2.0", message.Value.GetProperty("jsonrpc").GetString());
        return message.Value;
    }

    /// <summary>The next message; null when the server has closed.</summary>
    public async Task<JsonElement?> TryReceiveAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var message = new MemoryStream();
        var buffer = new byte[8192];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, limit.Token);
            if (received.MessageType == WebSocketMessageType.Close)
                return null;
            message.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
                return JsonDocument.Parse(message.ToArray()).RootElement;
        }
    }

    public ValueTask DisposeAsync()
    {
        socket.Abort();
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
