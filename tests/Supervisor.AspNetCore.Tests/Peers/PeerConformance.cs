using System.Text.Json;
using VmSupervisor.Migration;

namespace VmSupervisor.Supervisor.AspNetCore.Tests.Peers;

/// <summary>What holds of <see cref="IPeers"/> whatever carries the messages.</summary>
public abstract class PeerConformance
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_message_is_answered_by_the_handler_of_its_type()
    {
        await using var pair = await ConnectAsync();
        using var handler = pair.B.Handle("add", (request, _) => Task.FromResult(Reply($"{request.Message.Body.GetInt32() + 1}")));

        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => AskAsync(pair, "add", $"{n}")));

        Assert.Equal(Enumerable.Range(1, 50), replies.Select(reply => reply.Body.GetInt32()));
    }

    [Fact]
    public async Task A_large_message_arrives_whole_and_one_that_is_too_large_is_not_sent()
    {
        await using var pair = await ConnectAsync();
        using var handler = pair.B.Handle("echo", (request, _) => Task.FromResult(new PeerReply(request.Message.Body)));
        var text = new string('x', 1_000_000);

        var reply = await AskAsync(pair, "echo", $"\"{text}\"");
        var e = await Assert.ThrowsAsync<PeerException>(() => AskAsync(pair, "echo", $"\"{new string('x', 5_000_000)}\""));

        Assert.Equal(text, reply.Body.GetString());
        Assert.Equal(PeerFailure.TooLarge, e.Failure);
        Assert.Null(pair.AB.Dialed!.Ended);
    }

    [Fact]
    public async Task A_message_that_nobody_handles_is_refused()
    {
        await using var pair = await ConnectAsync();

        var e = await Assert.ThrowsAsync<PeerException>(() => AskAsync(pair, "nothing", "{}"));

        Assert.Equal((PeerFailure.Refused, "nobody here handles 'nothing'"), (e.Failure, e.Message));
    }

    [Fact]
    public async Task A_stream_carries_much_both_ways_while_messages_go_on()
    {
        await using var pair = await ConnectAsync();
        using var echo = pair.B.Handle("echo", (request, _) => Task.FromResult(new PeerReply(request.Message.Body)));
        using var handler = pair.B.HandleStreams("tunnel", async (_, stream, token) =>
        {
            var buffer = new byte[10_000];
            while (await stream.ReadAsync(buffer, token) is var read and > 0)
                await stream.WriteAsync(buffer.AsMemory(0, read), token);
        });
        var sent = new byte[3_000_000];
        for (var i = 0; i < sent.Length; i++)
            sent[i] = (byte)(i * 7);
        await using var stream = await pair.AB.OpenStreamAsync("tunnel").WaitAsync(Limit);

        var writing = stream.WriteAsync(sent).AsTask();
        Assert.Equal(1, (await AskAsync(pair, "echo", "1")).Body.GetInt32());
        var received = new byte[sent.Length];
        await stream.ReadExactlyAsync(received).AsTask().WaitAsync(Limit);
        await writing.WaitAsync(Limit);

        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task A_stream_ends_when_its_handler_returns_and_is_refused_when_there_is_none()
    {
        await using var pair = await ConnectAsync();
        using var handler = pair.B.HandleStreams("short", async (_, stream, token) => await stream.WriteAsync(new byte[] { 1 }, token));

        await using var stream = await pair.AB.OpenStreamAsync("short").WaitAsync(Limit);
        var buffer = new byte[10];

        Assert.Equal(1, await stream.ReadAsync(buffer).AsTask().WaitAsync(Limit));
        Assert.Equal(0, await stream.ReadAsync(buffer).AsTask().WaitAsync(Limit));
        var e = await Assert.ThrowsAsync<PeerException>(() => pair.AB.OpenStreamAsync("other"));
        Assert.Contains("nobody here expects a stream 'other'", e.Message);
    }

    [Fact]
    public async Task The_end_is_told_to_both_sides_the_pending_question_and_the_streams()
    {
        await using var pair = await ConnectAsync();
        var asked = NewSignal<PeerSession>();
        using var handler = pair.B.Handle("never", (request, _) =>
        {
            asked.SetResult(request.Session);
            return new TaskCompletionSource<PeerReply>().Task;
        });
        using var streams = pair.B.HandleStreams("open", async (_, stream, token) => Assert.Equal(0, await stream.ReadAsync(new byte[1], token)));
        var question = AskAsync(pair, "never", "{}");
        var there = await asked.Task.WaitAsync(Limit);
        await using var stream = await pair.AB.OpenStreamAsync("open").WaitAsync(Limit);
        var reading = stream.ReadAsync(new byte[1]).AsTask();
        var here = pair.AB.Dialed!;
        var (endedHere, endedThere) = (NewSignal<string>(), NewSignal<string>());
        here.Watch(endedHere.SetResult);
        there.Watch(endedThere.SetResult);

        await pair.StopAAsync();

        Assert.Equal("node a stops", await endedHere.Task.WaitAsync(Limit));
        Assert.Equal("node a stops", await endedThere.Task.WaitAsync(Limit));
        Assert.Equal(here.Id, there.Id);
        var e = await Assert.ThrowsAsync<PeerException>(() => question);
        Assert.True(e.MayHaveArrived);
        await Assert.ThrowsAnyAsync<IOException>(() => reading.WaitAsync(Limit));
    }

    internal abstract Task<IPeerPair> StartAsync();

    private static TaskCompletionSource<T> NewSignal<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static PeerReply Reply(string json) => new(JsonDocument.Parse(json).RootElement);

    private static Task<PeerReply> AskAsync(IPeerPair pair, string type, string json) =>
        pair.AB.AskAsync(new PeerMessage(type, JsonDocument.Parse(json).RootElement), Limit);

    private async Task<IPeerPair> ConnectAsync()
    {
        var pair = await StartAsync();
        foreach (var peer in new[] { pair.AB, pair.B.Find("a")! })
        {
            var connected = NewSignal<bool>();
            using var watch = peer.Watch(change => _ = change is { Lost: null, Session.Direction: PeerDirection.Dialed } && connected.TrySetResult(true));
            await connected.Task.WaitAsync(Limit);
        }

        return pair;
    }
}

/// <summary>Node a and node b, which know each other.</summary>
internal interface IPeerPair : IAsyncDisposable
{
    /// <summary>As a sees b.</summary>
    IPeer AB { get; }

    IPeers B { get; }

    Task StopAAsync();
}
