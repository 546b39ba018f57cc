using System.Text.Json;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Supervisor.AspNetCore.Tests.Remoting;

public sealed class WatchTests
{
    [Fact]
    public async Task Whoever_watches_is_told_when_the_vm_is_gone_moved_and_back()
    {
        await using var host = await SupervisorHost.StartAsync();
        var view = FakeSupervisor.View(104, "web-1", "Running");
        host.Supervisor.Show(view);
        await using var client = await RawClient.GreetAsync(host);

        Assert.Equal("here", Presence((await client.AskAsync(1, "watch", """{"vm":"web-1"}""")).GetProperty("result")));

        // Not about whether it is there.
        host.Supervisor.Show(view with { State = "Stopping" });
        host.Supervisor.Show(view with { State = "CleanedUp", Home = "b" });
        var moved = await NewsAsync(client);
        Assert.Equal(("moved", "b"), (Presence(moved), moved.GetProperty("home").GetString()));
        host.Supervisor.Show();
        var gone = await NewsAsync(client);
        Assert.Equal(("undefined", JsonValueKind.Null), (Presence(gone), gone.GetProperty("view").ValueKind));
        host.Supervisor.Show(view);
        Assert.Equal("here", Presence(await NewsAsync(client)));
    }

    [Fact]
    public async Task A_number_may_be_watched_before_it_is_used_and_a_name_must_be_known()
    {
        await using var host = await SupervisorHost.StartAsync();
        await using var client = await RawClient.GreetAsync(host);

        Assert.Equal(-32011, (await client.AskAsync(1, "watch", """{"vm":"nobody"}""")).GetProperty("error").GetProperty("code").GetInt32());
        Assert.Equal("undefined", Presence((await client.AskAsync(2, "watch", """{"vm":104}""")).GetProperty("result")));
        host.Supervisor.Show(FakeSupervisor.View(104, "web-1", "CleanedUp"));
        Assert.Equal("here", Presence(await NewsAsync(client)));
    }

    [Fact]
    public async Task After_unwatch_there_is_no_more_news()
    {
        await using var host = await SupervisorHost.StartAsync();
        await using var client = await RawClient.GreetAsync(host);
        await client.AskAsync(1, "watch", """{"vm":104}""");

        await client.AskAsync(2, "unwatch", """{"watch":1}""");
        host.Supervisor.Show(FakeSupervisor.View(104, "web-1", "CleanedUp"));

        Assert.True((await client.AskAsync(3, "list", "{}")).TryGetProperty("result", out _));
        Assert.Equal(-32011, (await client.AskAsync(4, "unwatch", """{"watch":1}""")).GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task More_watches_than_allowed_are_refused()
    {
        await using var host = await SupervisorHost.StartAsync(options => options.Remoting.Watches = 1);
        await using var client = await RawClient.GreetAsync(host);
        await client.AskAsync(1, "watch", """{"vm":104}""");

        Assert.Equal(-32002, (await client.AskAsync(2, "watch", """{"vm":105}""")).GetProperty("error").GetProperty("code").GetInt32());
    }

    private static async Task<JsonElement> NewsAsync(RawClient client)
    {
        var message = await client.ReceiveAsync();
        Assert.Equal("watch", message.GetProperty("method").GetString());
        Assert.Equal(1, message.GetProperty("params").GetProperty("watch").GetInt64());
        return message.GetProperty("params");
    }

    private static string? Presence(JsonElement news) => news.GetProperty("presence").GetString();
}
