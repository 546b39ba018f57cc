using Microsoft.AspNetCore.Http;
using VmSupervisor.Client;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Supervisor.Cli.Tests;

public sealed class EventsTests : IAsyncLifetime
{
    private readonly TempDirectory directory = new();
    private FakeDaemon daemon = null!;

    public async ValueTask InitializeAsync() =>
        daemon = (await FakeDaemon.StartAsync(directory)).On("GET /v1/node", new NodeView("a", "0.1.0", true, 1, 5, []));

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public async Task Without_follow_all_that_happened_is_shown_and_no_more()
    {
        daemon.On("GET /v1/events", context => StreamAsync(context, [4, 5], thenHang: true)).On<VmView[]>("GET /v1/vms", [Samples.Running]);
        var prompt = new Prompt(daemon.Socket);
        Assert.Equal(
            new Printed(
                0,
                """
                2026-03-01 12:00:00.004  vm 104 (web-1)  #3  exited  (crash)  signal=9
                2026-03-01 12:00:00.005  vm 104 (web-1)  #3  exited  (crash)  signal=9

                """, ""),
            await prompt.RunAsync("events"));
        Assert.Equal(
            "[" + string.Join(',', new long[] { 4, 5 }.Select(position => Json(Event(position)))) + "]\n",
            (await prompt.RunAsync("events", "-o", "json")).Out);
        Assert.Equal("0", daemon.Requests.Last().LastEventId);
    }

    [Fact]
    public async Task Without_events_there_is_an_empty_array()
    {
        Assert.Equal(new Printed(0, "[]\n", ""), await new Prompt(daemon.Socket).RunAsync("events", "--after", "5", "-o", "json"));
    }

    [Fact]
    public async Task An_event_names_its_vm_as_it_was_called_then_and_by_number_when_no_name_is_known()
    {
        VmEvent[] events =
        [
            Event(3),
            new(4, new VmId(104), Samples.Entry(1, "defined", null, ("name", "old"))),
            new(5, new VmId(9), Samples.Entry(1, "undefined")),
        ];
        daemon.On("GET /v1/events", context => StreamAsync(context, events, thenHang: true)).On<VmView[]>("GET /v1/vms", [Samples.Running]);
        Assert.Equal(
            """
            2026-03-01 12:00:00.003  vm 104 (web-1)  #3  exited  (crash)  signal=9
            2026-03-01 12:00:00.001  vm 104 (old)  #3  defined  name=old
            2026-03-01 12:00:00.001  vm 9  #3  undefined

            """, (await new Prompt(daemon.Socket).RunAsync("events")).Out);
    }

    [Fact]
    public async Task Follow_prints_one_document_a_line_and_goes_on_after_a_broken_connection_where_it_broke()
    {
        using var output = new WatchedWriter("\"position\":7");
        daemon
            .On("GET /v1/events", async context =>
            {
                await StreamAsync(context, [6, 7], thenHang: false);
                await output.Seen;
                context.Abort();
            })
            .On("GET /v1/events", context => StreamAsync(context, [8], thenHang: false))
            .On("GET /v1/events", ProblemKind.Forbidden, "enough");
        var printed = await new Prompt(daemon.Socket) { Out = output }.RunAsync("events", "--follow", "-o", "json");
        Assert.Equal((7, "vmsup: enough\n"), (printed.Code, printed.Error));
        Assert.Equal(string.Concat(new long[] { 6, 7, 8 }.Select(position => Json(Event(position)) + "\n")), output.ToString());
        Assert.Equal(["5", "7", "8"], daemon.Requests.Where(asked => asked.Request == "GET /v1/events").Select(asked => asked.LastEventId));
    }

    [Fact]
    public async Task A_subscription_outlasts_a_restart_of_the_daemon()
    {
        daemon.On("GET /v1/events", context => StreamAsync(context, [6], thenHang: false));
        using var client = new VmsupClient(daemon.Socket);
        await using var events = client.EventsAsync(null).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        await daemon.DisposeAsync();
        var next = events.MoveNextAsync();

        daemon = await FakeDaemon.StartAsync(directory);
        daemon.On("GET /v1/events", context => StreamAsync(context, [7], thenHang: true));
        Assert.True(await next);
        Assert.Equal(7, events.Current.Position);
        Assert.Equal("6", daemon.Requests.Last().LastEventId);
    }

    [Fact]
    public async Task A_subscription_gives_up_when_the_daemon_stays_away()
    {
        daemon.On("GET /v1/events", context => StreamAsync(context, [6], thenHang: false));
        using var client = new VmsupClient(daemon.Socket, new() { ReconnectFor = TimeSpan.Zero });
        await using var events = client.EventsAsync(null).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        await daemon.DisposeAsync();
        await Assert.ThrowsAsync<VmsupUnreachableException>(async () => await events.MoveNextAsync());
    }

    private static VmEvent Event(long position) => new(position, new VmId(104), Samples.Entry(position, "exited", "crash", ("signal", "9")));

    private static string Json(VmEvent change) => System.Text.Json.JsonSerializer.Serialize(change, ContractsJson.Options);

    private static Task StreamAsync(HttpContext context, long[] positions, bool thenHang) =>
        StreamAsync(context, [.. positions.Select(Event)], thenHang);

    private static async Task StreamAsync(HttpContext context, VmEvent[] events, bool thenHang)
    {
        context.Response.ContentType = "text/event-stream";
        foreach (var change in events)
        {
            await context.Response.WriteAsync($": a comment\nid: {change.Position}\nevent: {change.Entry.Type}\ndata: {Json(change)}\n\n");
            await context.Response.Body.FlushAsync();
        }

        if (thenHang)
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    /// <summary>Tells when a text has been printed.</summary>
    private sealed class WatchedWriter(string text) : StringWriter
    {
        private readonly TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Seen => seen.Task;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(text, StringComparison.Ordinal) == true)
                seen.TrySetResult();
        }
    }
}
