using VmSupervisor.Domain;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.Monitor;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Supervisor.Tests.Qemu.Monitor;

public sealed class MonitorSessionTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task All_who_come_at_the_same_time_share_one_connection()
    {
        using var server = new FakeServer();
        await using var session = Session(server);
        var first = session.ExecuteAsync(QmpCommands.QueryStatus, Long, default);
        var second = session.ExecuteAsync(QmpCommands.QueryStatus, Long, default);
        using var client = await server.AcceptAsync();
        await client.GreetAsync();
        await client.AnswerStatusAsync("running");
        await client.AnswerStatusAsync("running");
        Assert.IsType<QmpResult<QmpStatus>.Returned>(await first);
        Assert.IsType<QmpResult<QmpStatus>.Returned>(await second);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task An_opening_goes_on_when_who_asked_has_given_up()
    {
        using var server = new FakeServer();
        await using var session = Session(server);
        var hasty = await session.ExecuteAsync(QmpCommands.QueryStatus, TimeSpan.FromMilliseconds(50), default);
        Assert.Equal(TimeSpan.FromMilliseconds(50), Assert.IsType<QmpResult<QmpStatus>.Unanswered>(hasty).Deadline);
        using var client = await server.AcceptAsync();
        await client.GreetAsync();
        var patient = session.ExecuteAsync(QmpCommands.QueryStatus, Long, default);
        await client.AnswerStatusAsync("running");
        Assert.IsType<QmpResult<QmpStatus>.Returned>(await patient);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_lost_connection_is_opened_again_by_who_comes_next()
    {
        using var server = new FakeServer();
        await using var session = Session(server);
        var lost = session.ExecuteAsync(QmpCommands.QueryStatus, Long, default);
        using (var client = await server.AcceptAsync())
            await client.GreetAsync();
        Assert.Equal(QmpFaultKind.Closed, Assert.IsType<QmpResult<QmpStatus>.Lost>(await lost).Fault.Kind);

        var next = session.ExecuteAsync(QmpCommands.QueryStatus, Long, default);
        using var again = await server.AcceptAsync();
        await again.GreetAsync();
        await again.AnswerStatusAsync("paused");
        Assert.Equal(GuestState.Paused, Assert.IsType<QmpResult<QmpStatus>.Returned>(await next).Value.Guest);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Nobody_who_listens_is_another_thing_than_no_socket()
    {
        using var server = new FakeServer();
        await using var session = Session(server);
        server.Die();
        Assert.Equal(QmpFaultKind.NobodyListens, await FaultAsync(session));
        File.Delete(server.Path);
        Assert.Equal(QmpFaultKind.Unreachable, await FaultAsync(session));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_disposed_session_opens_nothing_and_ends_an_opening()
    {
        using var server = new FakeServer();
        var session = Session(server);
        var waiting = session.ExecuteAsync(QmpCommands.QueryStatus, Long, default);
        using var client = await server.AcceptAsync();
        await session.DisposeAsync();
        Assert.Equal(QmpFaultKind.Disposed, Assert.IsType<QmpResult<QmpStatus>.Lost>(await waiting).Fault.Kind);
        Assert.Equal(QmpFaultKind.Disposed, await FaultAsync(session));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task The_last_words_of_a_connection_that_ended_are_followed_first()
    {
        using var server = new FakeServer();
        await using var session = Session(server);
        var opening = session.OpenAsync(Long, default);
        using (var client = await server.AcceptAsync())
        {
            await client.GreetAsync();
            await opening;
            await client.SendAsync("""{"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-shutdown"}}""");
        }

        await Assert.IsType<QmpOpened.Ready>(await opening).Connection.Closed;
        var news = new List<GuestNews>();
        Assert.Equal("the monitor closed", await new GuestFollower(session, Long, news.Add).RunAsync(default));
        Assert.Equal([new GuestNews.PoweredOff("guest-shutdown")], news);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_state_that_was_asked_for_after_its_event_is_told_once()
    {
        using var server = new FakeServer();
        await using var session = Session(server);
        var news = new List<GuestNews>();
        var following = new GuestFollower(session, Long, news.Add).RunAsync(default);
        using (var client = await server.AcceptAsync())
        {
            await client.GreetAsync();

            // Both events come before the answer, so that it covers them; the third does not, and is asked about.
            await client.SendAsync("""{"event": "RESUME"}""");
            await client.SendAsync("""{"event": "STOP"}""");
            await client.AnswerStatusAsync("paused");
            await client.SendAsync("""{"event": "RESET", "data": {"guest": true, "reason": "guest-reset"}}""");
            await client.AnswerStatusAsync("running");
            await client.SendAsync("""{"event": "STOP"}""");
            await client.AnswerStatusAsync("io-error");
        }

        await following;
        Assert.Equal(
            [
                new GuestNews.State(GuestState.Paused), new GuestNews.Reset(true), new GuestNews.State(GuestState.Running), new GuestNews.State(GuestState.IoError),
            ],
            news);
    }

    private static MonitorSession Session(FakeServer server) => new(server.Path, TimeSpan.FromSeconds(30), new(), TimeProvider.System);

    private static async Task<QmpFaultKind> FaultAsync(MonitorSession session) =>
        Assert.IsType<QmpResult<QmpStatus>.Lost>(await session.ExecuteAsync(QmpCommands.QueryStatus, Long, default)).Fault.Kind;
}
