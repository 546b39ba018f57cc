using System.Text.Json;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Supervisor.AspNetCore.Tests;

public sealed class EventTests
{
    [Fact]
    public async Task Events_come_with_position_type_and_data()
    {
        await using var host = await SupervisorHost.StartAsync();
        using var reader = await SubscribeAsync(host, null);
        host.Supervisor.Events.Writer.TryWrite(Event(17, "process-exited"));

        Assert.Equal("id: 17", await reader.ReadLineAsync());
        Assert.Equal("event: process-exited", await reader.ReadLineAsync());
        var data = await reader.ReadLineAsync();
        Assert.StartsWith("data: ", data);
        var json = JsonDocument.Parse(data!["data: ".Length..]).RootElement;
        Assert.Equal(17, json.GetProperty("position").GetInt64());
        Assert.Equal(104, json.GetProperty("vm").GetInt32());
        Assert.Equal("process-exited", json.GetProperty("entry").GetProperty("type").GetString());
        Assert.Equal("", await reader.ReadLineAsync());
        Assert.Null(Assert.Single(host.Supervisor.SubscribedAfter));
    }

    [Fact]
    public async Task A_subscriber_goes_on_after_the_last_event_it_saw()
    {
        await using var host = await SupervisorHost.StartAsync();

        using var reader = await SubscribeAsync(host, "17");

        Assert.Equal(17, Assert.Single(host.Supervisor.SubscribedAfter));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("seventeen")]
    [InlineData("99999999999999999999")]
    public async Task A_position_that_is_none_is_answered_with_400(string lastEventId)
    {
        await using var host = await SupervisorHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events");
        request.Headers.Add("Last-Event-ID", lastEventId);

        using var response = await host.Client.SendAsync(request);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Empty(host.Supervisor.SubscribedAfter);
    }

    [Fact]
    public async Task A_silent_stream_shows_that_it_lives()
    {
        await using var host = await SupervisorHost.StartAsync(options => options.EventsKeepAlive = TimeSpan.FromMilliseconds(20));
        using var reader = await SubscribeAsync(host, null);

        Assert.Equal(": keep-alive", await reader.ReadLineAsync());
        Assert.Equal("", await reader.ReadLineAsync());
        Assert.Equal(": keep-alive", await reader.ReadLineAsync());
    }

    [Fact]
    public async Task The_stream_ends_with_the_supervisor()
    {
        await using var host = await SupervisorHost.StartAsync();
        using var reader = await SubscribeAsync(host, null);

        host.Supervisor.Events.Writer.Complete();

        Assert.Null(await reader.ReadLineAsync());
    }

    [Fact]
    public async Task A_host_that_stops_ends_the_stream_at_once()
    {
        await using var host = await SupervisorHost.StartAsync();
        using var reader = await SubscribeAsync(host, null);

        await host.StopAsync();

        Assert.Null(await reader.ReadLineAsync());
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_holds_up_nobody_else()
    {
        await using var host = await SupervisorHost.StartAsync();
        using var lazy = host.NewClient();
        using var response = await lazy.GetAsync("/v1/events", HttpCompletionOption.ResponseHeadersRead);

        // More than all buffers on the way hold.
        for (var position = 0; position < 20_000; position++)
            host.Supervisor.Events.Writer.TryWrite(Event(position, new string('x', 1000)));

        Assert.Equal(200, (await host.SendAsync("GET", "/v1/vms")).Status);
    }

    private static VmEvent Event(long position, string type) =>
        new(position, new(104), new HistoryEntry(5, FakeSupervisor.Noon, new(3), type, "crash", null, null, new Dictionary<string, string>()));

    private static async Task<StreamReader> SubscribeAsync(SupervisorHost host, string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events");
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }
}
