using System.Text.Json;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Supervisor.AspNetCore.Tests.Remoting;

public sealed class SubscriptionTests
{
    [Fact]
    public async Task Events_come_from_a_position_on()
    {
        await using var host = await SupervisorHost.StartAsync();
        await using var client = await RawClient.GreetAsync(host);

        var result = (await client.AskAsync(1, "subscribe", """{"after":5}""")).GetProperty("result");
        host.Supervisor.Events.Writer.TryWrite(Event(6, 104));

        Assert.Equal(5, result.GetProperty("after").GetInt64());
        var news = await client.ReceiveAsync();
        Assert.Equal("event", news.GetProperty("method").GetString());
        Assert.False(news.TryGetProperty("id", out _));
        Assert.Equal(result.GetProperty("subscription").GetInt64(), news.GetProperty("params").GetProperty("subscription").GetInt64());
        Assert.Equal(6, news.GetProperty("params").GetProperty("event").GetProperty("position").GetInt64());
        Assert.Equal(5, Assert.Single(host.Supervisor.SubscribedAfter));
    }

    [Fact]
    public async Task Without_a_position_they_come_from_now_on_and_the_answer_says_where_that_is()
    {
        await using var host = await SupervisorHost.StartAsync();
        await using var client = await RawClient.GreetAsync(host);

        Assert.Equal(17, (await client.AskAsync(1, "subscribe", "{}")).GetProperty("result").GetProperty("after").GetInt64());
    }

    [Fact]
    public async Task A_position_that_the_journal_has_not_reached_is_refused()
    {
        await using var host = await SupervisorHost.StartAsync();
        await using var client = await RawClient.GreetAsync(host);

        var error = (await client.AskAsync(1, "subscribe", """{"after":18}""")).GetProperty("error");

        Assert.Equal(-32012, error.GetProperty("code").GetInt32());
        Assert.Contains("restored", error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task One_may_subscribe_to_one_vm_only()
    {
        await using var host = await SupervisorHost.StartAsync();
        await using var client = await RawClient.GreetAsync(host);
        await client.AskAsync(1, "subscribe", """{"vm":7}""");

        host.Supervisor.Events.Writer.TryWrite(Event(18, 104));
        host.Supervisor.Events.Writer.TryWrite(Event(19, 7));

        Assert.Equal(19, (await client.ReceiveAsync()).GetProperty("params").GetProperty("event").GetProperty("position").GetInt64());
    }

    [Fact]
    public async Task After_unsubscribe_no_more_come_and_twice_is_an_error()
    {
        await using var host = await SupervisorHost.StartAsync();
        await using var client = await RawClient.GreetAsync(host);
        await client.AskAsync(1, "subscribe", "{}");

        Assert.True((await client.AskAsync(2, "unsubscribe", """{"subscription":1}""")).TryGetProperty("result", out _));
        Assert.Equal(-32011, (await client.AskAsync(3, "unsubscribe", """{"subscription":1}""")).GetProperty("error").GetProperty("code").GetInt32());
        host.Supervisor.Events.Writer.TryWrite(Event(18, 104));
        Assert.True((await client.AskAsync(4, "list", "{}")).TryGetProperty("result", out _));
    }

    [Fact]
    public async Task A_supervisor_that_stops_ends_subscriptions_with_the_position_to_go_on_from()
    {
        await using var host = await SupervisorHost.StartAsync();
        await using var client = await RawClient.GreetAsync(host);
        await client.AskAsync(1, "subscribe", "{}");
        host.Supervisor.Events.Writer.TryWrite(Event(18, 104));
        host.Supervisor.Events.Writer.Complete();

        await client.ReceiveAsync();
        var lost = await client.ReceiveAsync();

        Assert.Equal("lost", lost.GetProperty("method").GetString());
        Assert.Equal(18, lost.GetProperty("params").GetProperty("after").GetInt64());
    }

    [Fact]
    public async Task A_subscriber_that_falls_behind_is_told_from_where_to_read_again()
    {
        await using var host = await SupervisorHost.StartAsync(options => options.Remoting.EventsBehind = 100);
        await using var client = await RawClient.GreetAsync(host);
        await client.AskAsync(1, "subscribe", "{}");
        host.Supervisor.Events.Writer.TryWrite(Event(18, 104));
        Assert.Equal(18, Position(await client.ReceiveAsync()));

        // More than all buffers on the way hold, and nothing of it is read.
        await FloodAsync(host, 19, 10_000);

        var last = 18L;
        JsonElement message;
        while ((message = await client.ReceiveAsync()).GetProperty("method").GetString() == "event")
        {
            Assert.Equal(last + 1, Position(message));
            last++;
        }

        Assert.Equal("lost", message.GetProperty("method").GetString());
        Assert.Equal(last, message.GetProperty("params").GetProperty("after").GetInt64());
        Assert.InRange(last, 19, 10_000);
        Assert.True((await client.AskAsync(2, "list", "{}")).TryGetProperty("result", out _));
    }

    [Fact]
    public async Task Who_reads_what_is_long_past_is_not_slow()
    {
        await using var host = await SupervisorHost.StartAsync(options => options.Remoting.EventsBehind = 100);
        await using var client = await RawClient.GreetAsync(host);
        host.Supervisor.Node = host.Supervisor.Node with { Position = 5000 };
        await client.AskAsync(1, "subscribe", """{"after":0}""");

        await FloodAsync(host, 1, 5000);

        for (var position = 1; position <= 5000; position++)
            Assert.Equal(position, Position(await client.ReceiveAsync()));
    }

    [Fact]
    public async Task A_subscriber_that_reads_nothing_holds_up_nobody_and_is_given_up()
    {
        await using var host = await SupervisorHost.StartAsync(options => options.SendTimeout = TimeSpan.FromMilliseconds(200));
        await using var lazy = await RawClient.GreetAsync(host);
        await using var other = await RawClient.GreetAsync(host);
        await lazy.AskAsync(1, "subscribe", "{}");

        await FloodAsync(host, 18, 20_000);

        Assert.True((await other.AskAsync(1, "list", "{}")).TryGetProperty("result", out _));
        Assert.Equal(200, (await host.SendAsync("GET", "/v1/vms")).Status);
        await host.Supervisor.SubscriptionEnded.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task An_answer_does_not_wait_behind_events()
    {
        await using var host = await SupervisorHost.StartAsync();
        await using var client = await RawClient.GreetAsync(host);
        await client.AskAsync(1, "subscribe", "{}");
        await FloodAsync(host, 18, 20_000);

        await client.RequestAsync(2, "list", "{}");

        var before = 0;
        while (!(await client.ReceiveAsync()).TryGetProperty("id", out _))
            before++;
        Assert.InRange(before, 0, 15_000);
    }

    private static async Task FloodAsync(SupervisorHost host, long first, int count)
    {
        for (var position = first; position < first + count; position++)
            await host.Supervisor.Events.Writer.WriteAsync(Event(position, 104, new string('x', 1000)));
        host.Supervisor.Node = host.Supervisor.Node with { Position = Math.Max(host.Supervisor.Node.Position, first + count - 1) };
    }

    private static long Position(JsonElement message) => message.GetProperty("params").GetProperty("event").GetProperty("position").GetInt64();

    private static VmEvent Event(long position, int vm, string type = "guest-reset") =>
        new(position, new(vm), new HistoryEntry(5, FakeSupervisor.Noon, new(3), type, null, null, null, new Dictionary<string, string>()));
}
