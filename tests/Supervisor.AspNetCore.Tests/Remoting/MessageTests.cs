using System.Net.WebSockets;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Supervisor.AspNetCore.Tests.Remoting;

/// <summary>What is a message, and what is answered to what is none.</summary>
public sealed class MessageTests
{
    [Fact]
    public async Task Hello_picks_the_version_and_says_what_a_connection_may_do()
    {
        await using var host = await SupervisorHost.StartAsync();
        await using var client = await RawClient.ConnectAsync(host);

        var result = (await client.AskAsync(1, "hello", """{"versions":[7,1],"client":"shop/2.1"}""")).GetProperty("result");

        Assert.Equal(1, result.GetProperty("version").GetInt32());
        Assert.Equal("a", result.GetProperty("node").GetString());
        Assert.Equal(17, result.GetProperty("position").GetInt64());
        Assert.Equal(1 << 20, result.GetProperty("limits").GetProperty("messageBytes").GetInt64());
        Assert.Equal(64, result.GetProperty("limits").GetProperty("requests").GetInt32());
    }

    [Fact]
    public async Task Who_speaks_no_common_version_is_told_which_there_are_and_may_try_again()
    {
        await using var host = await SupervisorHost.StartAsync();
        await using var client = await RawClient.ConnectAsync(host);

        var error = (await client.AskAsync(1, "hello", """{"versions":[2]}""")).GetProperty("error");

        Assert.Equal(-32001, error.GetProperty("code").GetInt32());
        Assert.Equal(1, Assert.Single(error.GetProperty("data").GetProperty("versions").EnumerateArray()).GetInt32());
        Assert.Equal(1, (await client.AskAsync(2, "hello", """{"versions":[1,2]}""")).GetProperty("result").GetProperty("version").GetInt32());
    }

    [Theory]
    [InlineData("list", "{}")]
    [InlineData("ask", """{"vm":104,"command":{"kind":"start"}}""")]
    [InlineData("nonsense", "{}")]
    public async Task Before_hello_nothing_is_done(string method, string parameters)
    {
        await using var host = await SupervisorHost.StartAsync();
        await using var client = await RawClient.ConnectAsync(host);
        await client.SendAsync("""{"jsonrpc":"2.0","method":"tell","params":{"vm":104,"command":{"kind":"start"},"operation":"x"}}""");
        Assert.Equal(-32600, (await client.ReceiveAsync()).GetProperty("error").GetProperty("code").GetInt32());

        var error = (await client.AskAsync(1, method, parameters)).GetProperty("error");

        Assert.Equal(-32000, error.GetProperty("code").GetInt32());
        Assert.Equal("urn:vmsup:problem:invalid", error.GetProperty("data").GetProperty("type").GetString());
        Assert.Empty(host.Supervisor.Submitted);
    }

    [Fact]
    public async Task Who_does_not_say_hello_in_time_is_sent_away()
    {
        await using var host = await SupervisorHost.StartAsync(options => options.Remoting.HelloWithin = TimeSpan.FromMilliseconds(20));
        await using var client = await RawClient.ConnectAsync(host);

        Assert.Null(await client.TryReceiveAsync());
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, client.Socket.CloseStatus);
    }

    [Theory]
    [InlineData("{", -32700)]
    [InlineData("""{"jsonrpc":"2.0","jsonrpc":"2.0","id":1,"method":"list"}""", -32700)]
    [InlineData("[]", -32600)]
    [InlineData("17", -32600)]
    [InlineData("""{"id":1,"method":"list"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"list"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1.5,"method":"list"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","method":"list"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"list","params":[]}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"hello","params":{"versions":[1]}}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tell","params":{}}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"explode"}""", -32601)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"list","params":{"limit":3}}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"vm","params":{}}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"vm","params":{"vm":0}}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"after":-1}}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"operation","params":{"operation":"x","deadlineMs":0}}""", -32602)]
    public async Task What_is_wrong_is_answered_with_its_code_and_the_connection_goes_on(string message, int code)
    {
        await using var host = await SupervisorHost.StartAsync();
        await using var client = await RawClient.GreetAsync(host);

        await client.SendAsync(message);

        var error = (await client.ReceiveAsync()).GetProperty("error");
        Assert.Equal(code, error.GetProperty("code").GetInt32());
        Assert.Equal("invalid", error.GetProperty("data").GetProperty("kind").GetString());
        Assert.True((await client.AskAsync(2, "list", "{}")).TryGetProperty("result", out _));
    }

    [Fact]
    public async Task An_id_comes_back_as_it_was()
    {
        await using var host = await SupervisorHost.StartAsync();
        await using var client = await RawClient.GreetAsync(host);

        await client.SendAsync("""{"jsonrpc":"2.0","id":"ä-1","method":"list"}""");

        Assert.Equal("ä-1", (await client.ReceiveAsync()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_message_that_is_too_long_ends_the_connection()
    {
        await using var host = await SupervisorHost.StartAsync(options => options.MaxRequestBody = 2000);
        await using var client = await RawClient.GreetAsync(host);

        await client.SendAsync($$"""{"jsonrpc":"2.0","id":1,"method":"{{new string('x', 3000)}}"}""");

        Assert.Null(await client.TryReceiveAsync());
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, client.Socket.CloseStatus);
    }

    [Fact]
    public async Task A_plain_request_is_answered_with_what_is_allowed()
    {
        await using var host = await SupervisorHost.StartAsync();

        var (status, problem, _) = await host.SendAsync("GET", "/v1/remoting");

        Assert.Equal(400, status);
        Assert.Contains("upgrade", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_host_that_stops_says_so()
    {
        await using var host = await SupervisorHost.StartAsync();
        await using var client = await RawClient.GreetAsync(host);

        var stopping = host.StopAsync();

        Assert.Null(await client.TryReceiveAsync());
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, client.Socket.CloseStatus);
        await client.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await stopping;
    }
}
