using Microsoft.Extensions.DependencyInjection;
using VmSupervisor.AspNetCore.Clients;
using VmSupervisor.Contracts;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Supervisor.AspNetCore.Tests.Limits;

/// <summary>Bytes that no good client sends, over sockets.</summary>
public sealed class HostileRequestTests
{
    public static TheoryData<string, string> Malformed => new()
    {
        { "no version", "GET /v1/vms\r\n\r\n" },
        { "a version that there is not", "GET /v1/vms HTTP/9.9\r\nHost: a\r\n\r\n" },
        { "HTTP/2 without a word before", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
        { "no request at all", "\0\u0001\u0002\u0003\r\n\r\n" },
        { "no host", "POST /v1/vms/104/stop HTTP/1.1\r\nAuthorization: Bearer TOKEN\r\n\r\n" },
        { "two hosts", "POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nHost: b\r\nAuthorization: Bearer TOKEN\r\nContent-Length: 0\r\n\r\n" },
        { "a negative length", "POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer TOKEN\r\nContent-Length: -1\r\n\r\n" },
        { "two lengths", "POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer TOKEN\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} " },
        { "a length that is no number", "POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer TOKEN\r\nContent-Length: 99999999999999999999\r\n\r\n" },
        { "an encoding that there is not", "POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer TOKEN\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" },
        { "chunked and then something", "POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer TOKEN\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" },
        { "a chunk without a size", "POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer TOKEN\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n" },
        { "a chunk of 2^64", "POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer TOKEN\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}\r\n0\r\n\r\n" },
        { "a header without a colon", "POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer TOKEN\r\nnonsense\r\n\r\n" },
        { "a header that goes on", "POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer\r\n TOKEN\r\nContent-Length: 0\r\n\r\n" },
        { "a NUL in a header", "POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nX: a\0b\r\nAuthorization: Bearer TOKEN\r\nContent-Length: 0\r\n\r\n" },
        { "a blank before the colon", "POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nAuthorization : Bearer TOKEN\r\nContent-Length: 0\r\n\r\n" },
        { "a path with half a character", "POST /v1/vms/%ff%fe/stop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer TOKEN\r\nContent-Length: 0\r\n\r\n" },
        { "a path that climbs", "POST /v1/vms/../../v1/vms/%2e%2e/%2e%2e/stop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer TOKEN\r\nContent-Length: 0\r\n\r\n" },
        { "a body that is no JSON", "POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer TOKEN\r\nContent-Length: 1\r\n\r\n{" },
        { "a body of deep brackets", $"POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer TOKEN\r\nContent-Length: 5000\r\n\r\n{new string('[', 5000)}" },
        { "a line too long", $"POST /v1/vms/{new string('a', 9000)}/stop HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "a header too long", $"POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer TOKEN\r\nX: {new string('a', 17000)}\r\n\r\n" },
        { "headers too many", $"POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer TOKEN\r\n{string.Concat(Enumerable.Repeat("X: y\r\n", 70))}\r\n" },
        { "a token too long", $"POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {new string('a', 12000)}\r\nContent-Length: 0\r\n\r\n" },
        { "a body larger than it may be", "POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer TOKEN\r\nContent-Length: 1048577\r\n\r\n" },
        { "chunks larger than they may be", $"POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer TOKEN\r\nTransfer-Encoding: chunked\r\n\r\n180000\r\n{new string(' ', 0x180000)}\r\n0\r\n\r\n" },
    };

    [Fact]
    public async Task What_is_malformed_or_too_large_is_refused_and_changes_nothing()
    {
        await using var host = await ClientHost.StartAsync();
        host.Supervisor.Show(FakeSupervisor.View(104, "web-1", "Running"));
        var token = host.NewToken(Role.Admin);

        foreach (var row in Malformed)
        {
            var (what, request) = row.Data;
            await using var stream = await host.ConnectAsync();
            var answer = stream.ReadToEndAsync();
            try
            {
                await stream.SayAsync(request.Replace("TOKEN", token));
                await stream.ShutdownAsync();
            }
            catch (IOException)
            {
                // It was ended before all was said.
            }

            var text = await answer;
            Assert.True(RawRequest.Statuses(text) is [] or [>= 400 and < 500] or [505], $"{what}: {text}");
            Assert.DoesNotContain(token, text);
        }

        Assert.Empty(host.Supervisor.Submitted);
        using var good = host.NewClient(token: token);
        Assert.Equal(200, (int)(await good.GetAsync("/v1/vms")).StatusCode);
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_order_and_each_is_judged_by_itself()
    {
        await using var host = await ClientHost.StartAsync();
        host.Supervisor.Show(FakeSupervisor.View(104, "web-1", "Running"));
        var (admin, viewer) = (host.NewToken(Role.Admin), host.NewToken(Role.Viewer));
        await using var stream = await host.ConnectAsync();

        await stream.SayAsync(
            $"GET /v1/vms HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {admin}\r\n\r\n"
            + "POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
            + $"POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {viewer}\r\nContent-Length: 0\r\n\r\n"
            + $"POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {admin}\r\nContent-Length: 2\r\n\r\n{{}}"
            + "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        var text = await stream.ReadToEndAsync();
        Assert.Equal([200, 401, 403, 202, 200], RawRequest.Statuses(text));
        Assert.Single(host.Supervisor.Submitted);
    }

    [Fact]
    public async Task What_is_behind_a_body_that_was_said_to_be_shorter_is_a_request_without_a_credential()
    {
        await using var host = await ClientHost.StartAsync();
        host.Supervisor.Show(FakeSupervisor.View(104, "web-1", "Running"));
        await using var stream = await host.ConnectAsync();

        await stream.SayAsync(
            $"POST /v1/vms/104/pause HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {host.NewToken(Role.Admin)}\r\nContent-Length: 2\r\n\r\n{{}}"
            + "POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        var text = await stream.ReadToEndAsync();
        Assert.Equal([202, 401], RawRequest.Statuses(text));
        Assert.Equal("pause", Assert.Single(host.Supervisor.Submitted).Command.Kind);
    }

    [Fact]
    public async Task Headers_that_never_end_end_the_connection_and_others_are_served_meanwhile()
    {
        await using var host = await ClientHost.StartAsync(headersTimeout: TimeSpan.FromMilliseconds(100));
        using var good = host.NewClient(token: host.NewToken(Role.Viewer));
        var slow = new List<Task<string>>();
        for (var i = 0; i < 8; i++)
        {
            var stream = await host.ConnectAsync();
            await stream.SayAsync("GET /v1/vms HTTP/1.1\r\nHost: a\r\nX-1: ");
            slow.Add(ReadAndCloseAsync(stream));
        }

        Assert.Equal(200, (int)(await good.GetAsync("/v1/vms")).StatusCode);
        foreach (var text in await Task.WhenAll(slow))
            Assert.True(RawRequest.Statuses(text) is [] or [408], text);
    }

    [Fact]
    public async Task A_body_that_never_ends_is_answered_and_ends_the_connection()
    {
        await using var host = await ClientHost.StartAsync(options => options.BodyTimeout = TimeSpan.FromMilliseconds(100));
        host.Supervisor.Show(FakeSupervisor.View(104, "web-1", "Running"));
        await using var stream = await host.ConnectAsync();

        await stream.SayAsync($"POST /v1/vms/104/stop HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {host.NewToken(Role.Admin)}\r\nContent-Length: 100\r\n\r\n{{");

        var text = await stream.ReadToEndAsync();
        Assert.Equal([408], RawRequest.Statuses(text));
        Assert.Contains("the body did not arrive within 100ms", text);
        Assert.Empty(host.Supervisor.Submitted);
    }

    [Fact]
    public async Task Strangers_hold_few_connections_and_a_known_client_is_served_all_the_same()
    {
        await using var host = await ClientHost.StartAsync();
        using var known = host.NewClient(token: host.NewToken(Role.Viewer));
        await known.GetAsync("/v1/vms");
        var held = new List<Stream>();
        for (var i = 0; i < ConnectionLimits.MostOfAddress; i++)
            held.Add(await host.ConnectAsync());

        await Assert.ThrowsAnyAsync<IOException>(host.ConnectAsync);

        Assert.Equal(200, (int)(await known.GetAsync("/v1/vms")).StatusCode);
        foreach (var stream in held)
            await stream.DisposeAsync();
    }

    [Fact]
    public async Task Who_asks_too_often_waits_and_nobody_else_does()
    {
        var time = new SteppedTime();
        await using var host = await ClientHost.StartAsync(
            options => options.RequestsPerSecond = 5, services => services.AddSingleton<TimeProvider>(time));
        using var often = host.NewClient(token: host.NewToken(Role.Viewer));
        using var seldom = host.NewClient(token: host.NewToken(Role.Viewer));

        for (var i = 0; i < 10; i++)
            Assert.Equal(200, (int)(await often.GetAsync("/v1/vms")).StatusCode);
        using var refused = await often.GetAsync("/v1/vms");
        Assert.Equal((429, "1"), ((int)refused.StatusCode, refused.Headers.RetryAfter!.ToString()));

        Assert.Equal(200, (int)(await seldom.GetAsync("/v1/vms")).StatusCode);
        for (var i = 0; i < 20; i++)
            Assert.Equal(200, (await host.Inner.SendAsync("GET", "/v1/vms")).Status);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (int)(await often.GetAsync("/v1/vms")).StatusCode);
    }

    [Fact]
    public async Task Who_guesses_is_soon_told_nothing_any_more()
    {
        var time = new SteppedTime();
        await using var host = await ClientHost.StartAsync(
            options => options.RefusalsPerSecond = 1, services => services.AddSingleton<TimeProvider>(time));
        using var guesser = host.NewClient(token: "vmsup_0123456789abcdef_" + new string('7', 64));
        using var known = host.NewClient(token: host.NewToken(Role.Viewer));

        var answers = new List<int>();
        for (var i = 0; i < 22; i++)
            answers.Add((int)(await guesser.GetAsync("/v1/vms")).StatusCode);

        Assert.Equal([.. Enumerable.Repeat(401, 20), 429, 429], answers);
        Assert.Equal(200, (int)(await known.GetAsync("/v1/vms")).StatusCode);
    }

    private static async Task<string> ReadAndCloseAsync(Stream stream)
    {
        await using (stream)
            return await stream.ReadToEndAsync();
    }
}
